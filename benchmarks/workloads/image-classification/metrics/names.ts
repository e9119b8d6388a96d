/** Times of one photo: the whole way, the ways up and down, the wait at the worker and its work. */
export const latencyMetrics = ["end_to_end", "uplink", "queue", "processing", "downlink"] as const;
