/** One colour a repetition, going round. */
export const repetitionColours = ["#2f6fde", "#e5733d", "#2f9e6e", "#8b5cd6", "#c2456e", "#8a6d1f"] as const;
