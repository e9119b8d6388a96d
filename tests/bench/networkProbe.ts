import { binomialAtMost } from "../../benchmarks/metrics/binomial.ts";
import { iperfClient, startIperf } from "../../benchmarks/network/iperf.ts";
import { parseIperf, wireMbit } from "../../benchmarks/network/rate.ts";
import { parsePing, type Ping } from "../../benchmarks/network/roundTrip.ts";
import { sshTransport } from "../../benchmarks/transport/ssh.ts";
import type { Transport } from "../../benchmarks/transport/transport.ts";
import type { MachineOutputs, TestbedOutputs } from "../../components/contract/testbed.ts";

const limitMs = 90_000;

/** Measures between the cloud machine and the endpoint of a testbed. */
export class NetworkProbe {
  readonly #transport: Transport;
  readonly #cloud: MachineOutputs;
  readonly #endpoint: MachineOutputs;

  constructor(testbed: TestbedOutputs, stackDirectory: string) {
    this.#transport = sshTransport(testbed, stackDirectory);
    const [cloud, endpoint] = testbed.machines;
    if (cloud === undefined || endpoint === undefined) throw new Error("the testbed has no two machines");
    this.#cloud = cloud;
    this.#endpoint = endpoint;
  }

  /** Pings from the cloud, with each answer's time in ms. */
  async ping(count: number, intervalMs: number): Promise<Ping & { times: number[] }> {
    const command = `ping -n -i ${intervalMs / 1000} -c ${count} -W 3 ${this.#endpoint.address} || true`;
    const output = await this.#run(this.#cloud, command);
    const ping = parsePing(output);
    if (ping === undefined) throw new Error(`no ping was answered: ${output.slice(-200)}`);
    return { ...ping, times: [...output.matchAll(/time=([\d.]+) ms/g)].map(([, time]) => Number(time)) };
  }

  /** As many pings as the machines can, and how many of them were lost. */
  async flood(count: number): Promise<{ sent: number; lost: number }> {
    const output = await this.#run(this.#cloud, `ping -n -q -f -W 3 -c ${count} ${this.#endpoint.address} || true`);
    const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(output) ?? [];
    if (sent === undefined) throw new Error(`ping said: ${output.slice(-200)}`);
    return { sent: Number(sent), lost: Number(sent) - Number(received) };
  }

  /** One TCP flow, in 10^6 bit/s on the wire. */
  async rate(direction: "up" | "down"): Promise<number> {
    await this.#run(this.#cloud, startIperf());
    return wireMbit(parseIperf(await this.#run(this.#endpoint, iperfClient(this.#cloud.address, direction))));
  }

  /** Starts to look at the cloud machine's queues; resolves with the time, in ms since 1970, at which one has the text. */
  async seen(text: string): Promise<number> {
    const command = `for i in $(seq 600); do tc qdisc show dev eth0 | grep -q '${text}' && exit 0; sleep 0.05; done; exit 1`;
    await this.#run(this.#cloud, command);
    return Date.now();
  }

  #run(machine: MachineOutputs, command: string): Promise<string> {
    return this.#transport.run(machine, command, { what: "measure", limitMs });
  }
}

/** Counts that a share brings about in 95 of 100 cases: the 2.5 % and 97.5 % quantiles of the binomial distribution. */
export function interval95(trials: number, share: number): [low: number, high: number] {
  const quantile = (p: number): number => {
    let count = 0;
    while (binomialAtMost(count, trials, share) < p) count += 1;
    return count;
  };
  return [quantile(0.025), quantile(0.975)];
}
