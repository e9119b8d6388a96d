import type { LinkOutputs, MachineOutputs, TestbedOutputs } from "../../components/contract/testbed.ts";

/** Two machines between which a link is measured. */
export interface Pair {
  link: LinkOutputs;
  from: MachineOutputs;
  to: MachineOutputs;
}

/** One pair a link: the first machines of both tiers, or the first two of one tier. Links without two machines are left out. */
export function linkedPairs({ links, machines }: Pick<TestbedOutputs, "links" | "machines">): Pair[] {
  return links.flatMap((link) => {
    const ofTier = (tier: string): MachineOutputs[] => machines.filter((machine) => machine.tier === tier);
    const from = ofTier(link.from)[0];
    const to = ofTier(link.to)[link.from === link.to ? 1 : 0];
    return from && to ? [{ link, from, to }] : [];
  });
}
