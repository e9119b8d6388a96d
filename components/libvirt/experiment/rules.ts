import { nearest } from "../../experiment/nearest.ts";
import type { Rule } from "../../experiment/rule.ts";
import { tierNames } from "../../experiment/tier.ts";
import { hostNames } from "./hosts.ts";
import type { LibvirtSpec } from "./schema.ts";

const notTogether = "machines on several hosts can't be saved together";

/** Rules about testbeds on hosts that are reached by ssh. */
export function libvirtRules({ host, hosts }: LibvirtSpec): readonly Rule[] {
  const names = hostNames(hosts ?? []);
  const several = hosts !== undefined;
  return [
    {
      path: ["provider", "host"],
      needs: ["provider"],
      when: () => several && host !== "auto",
      reason: () => `host (${host}) and hosts both say where machines run`,
      fix: "keep one of them",
    },
    {
      path: ["prepared"],
      needs: ["provider", "prepared"],
      when: ({ prepared }) => several && prepared !== undefined,
      reason: () => notTogether,
      fix: "leave it out, or provider.hosts",
    },
    {
      path: ["benchmark", "repetitions"],
      needs: ["provider", "benchmark"],
      when: ({ benchmark }) => several && benchmark?.startFrom !== undefined,
      reason: () => notTogether,
      fix: "leave from: snapshot out, or provider.hosts",
    },
    ...tierNames.flatMap((tier): Rule[] => [
      {
        path: ["tiers", tier, "on"],
        needs: ["provider", "tiers"],
        when: (spec) => spec.tiers[tier]?.on !== undefined && !several,
        reason: () => "machines have one host only to run on",
        fix: "leave it out, or list provider.hosts",
      },
      {
        path: ["tiers", tier, "on"],
        needs: ["provider", "tiers"],
        when: (spec) => several && !names.includes(spec.tiers[tier]?.on ?? names[0] ?? ""),
        reason: (spec) => `"${spec.tiers[tier]?.on ?? ""}" is none of provider.hosts`,
        fix: (spec) => {
          const meant = nearest(spec.tiers[tier]?.on ?? "", names);
          return meant === undefined ? `use: ${names.join(", ")}` : `did you mean "${meant}"?`;
        },
      },
    ]),
  ];
}
