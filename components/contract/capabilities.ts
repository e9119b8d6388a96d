import type { MachineOutputs, TestbedOutputs } from "./testbed.ts";

/** Whether the machines' processors are real ones, or programs that stand for them, about ten times slower. */
export type Processor = "hardware" | "emulated";

export function processorOf({ provider }: Pick<TestbedOutputs, "provider">): Processor {
  return provider.accelerator === "tcg" ? "emulated" : "hardware";
}

/** Whether this host is in the machines' network, or reaches them by ssh alone. */
export function reachOf({ provider }: Pick<TestbedOutputs, "provider">): "network" | "ssh" {
  // Older stacks say it by their host.
  return provider.reach ?? (provider.host === "remote" ? "ssh" : "network");
}

/**
 * The address that a machine's packets are not shaped to: the least that the network takes is measured on the way there.
 * Where there are several hosts it is that of the machine's own; undefined where there is none.
 */
export function floorAddressOf(testbed: TestbedOutputs, { host }: MachineOutputs): string | undefined {
  const { hostAddress, hostAddresses } = testbed.network;
  return hostAddresses?.[host ?? ""] ?? (reachOf(testbed) === "network" || hostAddresses ? hostAddress : undefined);
}
