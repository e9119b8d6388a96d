import { hostNames } from "./hosts.ts";
import { nearest } from "./nearest.ts";
import type { Rule } from "./rule.ts";
import type { TestbedDraft } from "./testbed.ts";
import { tierNames } from "./tier.ts";

const names = ({ provider }: TestbedDraft): string[] => hostNames(provider.hosts ?? []);
const several = ({ provider }: TestbedDraft): boolean => provider.hosts !== undefined;

/** Rules about testbeds on hosts that are reached by ssh. */
export const hostRules: readonly Rule[] = [
  {
    path: ["provider", "host"],
    needs: ["provider"],
    when: ({ provider }) => provider.hosts !== undefined && provider.host !== "auto",
    reason: ({ provider }) => `host (${provider.host}) and hosts both say where machines run`,
    fix: "keep one of them",
  },
  ...tierNames.flatMap((tier): Rule[] => [
    {
      path: ["tiers", tier, "on"],
      needs: ["provider", "tiers"],
      when: (spec) => spec.tiers[tier]?.on !== undefined && !several(spec),
      reason: () => "machines have one host only to run on",
      fix: "leave it out, or list provider.hosts",
    },
    {
      path: ["tiers", tier, "on"],
      needs: ["provider", "tiers"],
      when: (spec) => several(spec) && !names(spec).includes(spec.tiers[tier]?.on ?? names(spec)[0] ?? ""),
      reason: (spec) => `"${spec.tiers[tier]?.on ?? ""}" is none of provider.hosts`,
      fix: (spec) => {
        const meant = nearest(spec.tiers[tier]?.on ?? "", names(spec));
        return meant === undefined ? `use: ${names(spec).join(", ")}` : `did you mean "${meant}"?`;
      },
    },
  ]),
];
