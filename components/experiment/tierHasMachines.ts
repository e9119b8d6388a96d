import type { Rule } from "./rule.ts";
import type { TierName } from "./tier.ts";

/** The rule of a kind that runs on a tier, which its entry, `i` in the list, names in `on`. */
export function tierHasMachines(kind: string, on: TierName, i: number): Rule {
  return {
    path: ["software", i, "on"],
    needs: ["tiers", "software"],
    when: (spec) => (spec.tiers[on]?.count ?? 0) === 0,
    reason: () => `${kind} runs on ${on}, a tier without machines`,
    fix: `set tiers.${on}.count to 1 or more, or choose another tier`,
  };
}
