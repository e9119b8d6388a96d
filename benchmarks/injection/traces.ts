import type { MachineOutputs, ShapeOutputs, TestbedOutputs } from "../../components/contract/testbed.ts";

type TraceOutputs = NonNullable<ShapeOutputs["trace"]>;
type Part = Pick<TestbedOutputs, "links" | "machineLinks" | "machines">;

/** A trace that a testbed's machines replay, named after the link: "cloud-edge", "cloud-edge up", "endpoint-3 cloud sent". */
export interface PlayedTrace extends TraceOutputs {
  name: string;
}

/** The traces of all links; one both ways is one. */
export function tracesOf({ links, machineLinks = [] }: Part): PlayedTrace[] {
  return [
    ...links.flatMap(({ name, trace, up }) => ways([name, `${name} down`, `${name} up`], trace, up)),
    ...machineLinks.flatMap(({ machine, tier, trace, sent }) => {
      const name = `${machine} ${tier}`;
      return ways([name, `${name} received`, `${name} sent`], trace, sent);
    }),
  ];
}

/** @param other the other way's shape; absent: the same. */
function ways(
  [both, one, second]: [string, string, string],
  trace: TraceOutputs | undefined,
  other: ShapeOutputs | undefined,
): PlayedTrace[] {
  const same = other === undefined || JSON.stringify(other.trace) === JSON.stringify(trace);
  const of = (name: string, own: TraceOutputs | undefined) => (own === undefined ? [] : [{ name, ...own }]);
  return same ? of(both, trace) : [...of(one, trace), ...of(second, other.trace)];
}

/** The machines that may hold a trace: those at both ends of the links that have one. */
export function tracedMachines({ links, machineLinks = [], machines }: Part): MachineOutputs[] {
  const traced = (shape: ShapeOutputs | undefined) => shape?.trace !== undefined;
  const tiers = [
    ...links.filter((link) => traced(link) || traced(link.up)).flatMap(({ from, to }) => [from, to]),
    ...machineLinks.filter((link) => traced(link) || traced(link.sent)).map(({ tier }) => tier),
  ];
  const named = machineLinks.filter((link) => traced(link) || traced(link.sent)).map(({ machine }) => machine);
  return machines.filter(({ name, tier }) => tiers.includes(tier) || named.includes(name));
}

/**
 * Where in a trace its links are, in ms.
 *
 * @param sinceMs since the start of measuring; before it a trace's first values hold, after one that does not begin anew
 * its last ones.
 */
export function placeIn({ loop, lengthMs }: PlayedTrace, sinceMs: number): number {
  if (sinceMs <= 0) return 0;
  return loop ? sinceMs % lengthMs : Math.min(sinceMs, lengthMs);
}
