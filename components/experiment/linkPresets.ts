import type { LinkName, LinkSpec } from "./link.ts";

export const presetNames = ["4g", "5g", "wired", "3g", "wifi", "lan", "metro", "wan", "satellite"] as const;

export type PresetName = (typeof presetNames)[number];

type Links = Record<LinkName, LinkSpec>;

const link = (latencyMs: number, jitterMs: number, rateMbit: number): LinkSpec => ({
  latencyMs,
  jitterMs,
  rateMbit,
  lossPercent: 0,
});

/** A link whose way towards the cloud is slower. */
const asymmetric = (latencyMs: number, downMbit: number, upMbit: number): LinkSpec => ({
  ...link(latencyMs, 0, downMbit),
  up: link(latencyMs, 0, upMbit),
});

/** Continuum's values for the fixed network (its README, "network emulation": average ms, variation ms, Mbit). */
const fixed = {
  "cloud-cloud": link(0, 0, 1000),
  "cloud-edge": link(7.5, 2.5, 1000),
  "edge-edge": link(7.5, 2.5, 1000),
};

/**
 * Endpoints on a radio link: latencies and rates are Continuum's; 4g and 5g differ in the rate alone there. Continuum has
 * no endpoint-endpoint link: ours is the way up to the base station and down again, so twice the edge-endpoint
 * latency, and, the two being independent, its jitter times the square root of two (2.5 ms -> 3.54 ms).
 */
const radio = (rateMbit: number): Links => ({
  ...fixed,
  "cloud-endpoint": link(45, 5, rateMbit),
  "edge-endpoint": link(7.5, 2.5, rateMbit),
  "endpoint-endpoint": link(15, 3.54, rateMbit),
});

/**
 * Endpoints whose way to the cloud is published: the edge stands where it enters the fixed network, which takes
 * Continuum's 7.5 ms of it. Between endpoints it is that way up and down again, at the slower rate.
 */
const access = (cloudMs: number, downMbit: number, upMbit: number): Links => ({
  ...fixed,
  "cloud-endpoint": asymmetric(cloudMs, downMbit, upMbit),
  "edge-endpoint": asymmetric(cloudMs - 7.5, downMbit, upMbit),
  "endpoint-endpoint": link(2 * (cloudMs - 7.5), 0, upMbit),
});

const all = (one: LinkSpec): Links => ({
  "cloud-cloud": one,
  "cloud-edge": one,
  "cloud-endpoint": one,
  "edge-edge": one,
  "edge-endpoint": one,
  "endpoint-endpoint": one,
});

/**
 * Round trips in one data centre take 0.5 ms (J. Dean's "Numbers Everyone Should Know"; measured again as the 80th
 * percentile of a cloud's zone by E. Jones, "Network latencies in 2021"), so 0.25 ms one way; gigabit Ethernet.
 */
const lan = link(0.25, 0, 1000);

/**
 * One city, 100 km across. Latency over the distance as the crow flies: 2.1 times the time of light in fibre
 * (200 km/ms), the rule of thumb in Bozkurt et al., "Dissecting Latency in the Internet's Fiber Infrastructure" (2018):
 * 1.05 ms. Rate: Continuum's fixed network.
 */
const metro = link(1.05, 0, 1000);

/** London to New York takes 60 ms there and back (P. Carden, Light Reading, 28 March 2014), so 30 ms one way. */
const wan = link(30, 0, 1000);

/** A preset's values are published, or computed from what is; no jitter stands where the source gives none. */
export const linkPresets: Record<PresetName, Links> = {
  "4g": radio(7.21),
  "5g": radio(29.66),
  /**
   * Our own, not in Continuum: endpoints on a cable at the edge. The edge is one hop of Continuum's fixed network away,
   * cloud and other endpoints two (sums as above), all at its 1000 Mbit.
   */
  wired: {
    ...fixed,
    "cloud-endpoint": link(15, 3.54, 1000),
    "edge-endpoint": link(7.5, 2.5, 1000),
    "endpoint-endpoint": link(15, 3.54, 1000),
  },
  /** WebPageTest's connectivity profile "Mobile 3G": 1.6 Mbit/s down, 768 kbit/s up, 300 ms round trip. */
  "3g": access(150, 1.6, 0.768),
  /**
   * Endpoints on Wi-Fi, the access point at the edge. The median hop takes 3 ms, with a long tail (90th percentile 20 ms;
   * Sui et al., "Characterizing and Improving WiFi Latency in Large-Scale Operational Networks", MobiSys 2016). netem's
   * Pareto distribution with a deviation as large as the latency, our own choice, has a tail but not all of that one.
   * 360 Mbit/s is what 802.11ac with two antennas reaches (duckware.com/tech/wifi-in-the-us.html, 2019). To the cloud
   * Continuum's 7.5 +- 2.5 ms come on top: 10.5 ms, and sqrt(3^2 + 2.5^2) = 3.91 ms; between endpoints it is two hops.
   */
  wifi: {
    ...fixed,
    "cloud-endpoint": { ...link(10.5, 3.91, 360), jitterDistribution: "pareto" },
    "edge-endpoint": { ...link(3, 3, 360), jitterDistribution: "pareto" },
    "endpoint-endpoint": { ...link(6, 4.24, 360), jitterDistribution: "pareto" },
  },
  lan: all(lan),
  metro: all(metro),
  /** The cloud across an ocean, all else in one city (endpoints reach each other through the edge: twice its latency). */
  wan: {
    "cloud-cloud": lan,
    "cloud-edge": wan,
    "cloud-endpoint": wan,
    "edge-edge": metro,
    "edge-endpoint": metro,
    "endpoint-endpoint": link(2.1, 0, 1000),
  },
  /**
   * A geostationary satellite: about 600 ms round trip (G. Huston, "Testing LEO and GEO satellite services in
   * Australia", APNIC, 2022), and the 100 Mbit/s down, 10 Mbit/s up of the subscription that Michel et al. compared
   * Starlink with ("A First Look at Starlink Performance", IMC 2022).
   */
  satellite: access(300, 100, 10),
};
