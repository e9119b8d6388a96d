import { reachOf } from "../../components/contract/capabilities.ts";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { Machine, Transport } from "./transport.ts";

/** The clock that those of all machines of a run are compared with. */
export interface ReferenceClock {
  /** The machine whose clock it is; absent: this host's own. */
  machine?: Machine;
  /** ms since 1970 by it. Of a machine's, only to about the time of an ssh command: good for saying when to begin. */
  now: () => number;
}

/**
 * This host's clock where it is in the machines' network. Machines that ssh alone reaches are compared with the first
 * of them instead, over their own network: the way from here, through ssh and perhaps far, would say less.
 *
 * @param machines of the run; the first takes part in most ways.
 * @throws RemoteError when the machine can't be asked.
 */
export async function referenceClock(
  transport: Transport,
  testbed: Pick<TestbedOutputs, "provider">,
  machines: readonly Machine[],
  options: { limitMs: number; signal?: AbortSignal },
): Promise<ReferenceClock> {
  const [machine] = machines;
  if (reachOf(testbed) === "network" || machine === undefined) return { now: Date.now };
  const asked = Date.now();
  const told = await transport.run(machine, "date +%s%N", { what: "ask for the time", ...options });
  const aheadMs = Number(told) / 1e6 - (asked + Date.now()) / 2;
  return { machine, now: () => Date.now() + aheadMs };
}
