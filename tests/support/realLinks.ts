import { execa } from "execa";
import { join } from "node:path";
import { sshTransport } from "../../benchmarks/transport/ssh.ts";
import type { Transport } from "../../benchmarks/transport/transport.ts";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import { patient } from "./patience.ts";

const limitMs = patient(2 * 60_000);

/** The links of a testbed that is up, as its machines themselves see them. */
export class RealLinks {
  readonly testbed: TestbedOutputs;
  readonly transport: Transport;
  readonly #directory: string;

  /** @param directory of the stack, with its ssh_config. */
  constructor(testbed: TestbedOutputs, directory: string) {
    this.testbed = testbed;
    this.transport = sshTransport(testbed, directory);
    this.#directory = directory;
  }

  /** As `strata ssh`, without starting it each time. */
  async run(machine: string, command: string): Promise<string> {
    const ssh = ["-F", join(this.#directory, "ssh_config"), machine, command];
    return (await execa("ssh", ssh, { stdin: "ignore", timeout: limitMs })).stdout.trim();
  }

  /** What a machine's queues do to packets for a tier, as tc says it. */
  async queueTo(machine: string, tier: "cloud" | "edge" | "endpoint"): Promise<string> {
    const handle = { cloud: 10, edge: 20, endpoint: 30 }[tier];
    const printed = await this.run(machine, "tc qdisc show dev eth0");
    return printed.split("\n").find((line) => line.startsWith(`qdisc netem ${handle}:`)) ?? "";
  }

  /** The class that a machine's queue for a tier is below, as tc says it: a trace's rate is its. */
  async classTo(machine: string, tier: "cloud" | "edge" | "endpoint"): Promise<string> {
    const number = { cloud: 10, edge: 20, endpoint: 30 }[tier];
    return this.run(machine, `tc class show dev eth0 classid 1:${number}`);
  }

  /** What of so many pings came back, and their mean round trip. */
  async ping(from: string, to: string, options: string): Promise<{ received: number; meanMs: number }> {
    const { address } = this.testbed.machines.find(({ name }) => name === to)!;
    // Without any answer ping itself ends with 1.
    const text = await this.run(from, `ping -n -q ${options} ${address} || true`);
    const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1]);
    return { received: number(/ (\d+) received/), meanMs: number(/= [\d.]+\/([\d.]+)\//) };
  }
}
