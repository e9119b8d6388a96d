import { quantity } from "./quantity.ts";
import type { Rule } from "./rule.ts";

/** Below that the machines' boot alone may outlast it. */
const minimumSeconds = 60;

/** Seconds; 0 for none. */
export const leaseSchema = quantity("duration", {
  description:
    "How long the testbed may be kept from each `up` on; `strata gc` takes away what has outlived it. " +
    'Absent, or "none": until it is destroyed.',
  examples: ["8 h", "30 min"],
  words: { none: 0 },
});

export const leaseRules: readonly Rule[] = [
  {
    path: ["lease"],
    needs: ["lease"],
    when: ({ lease = 0 }) => lease > 0 && lease < minimumSeconds,
    reason: ({ lease = 0 }) => `${lease} s may be over before the machines are up`,
    fix: `write at least "${minimumSeconds} s", or "none"`,
  },
];
