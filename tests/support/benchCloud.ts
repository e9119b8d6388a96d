import { execa } from "execa";
import { join } from "node:path";
import type { Sandbox } from "./strata.ts";
import { patient } from "./patience.ts";

const limitMs = patient(2 * 60_000);

/** That many machines of the cluster, all ready, as {@link BenchCloud.nodes} has them. */
export const readyNodes = (count: number, version: string): string[] =>
  Array.from({ length: count }, (_, index) => `cloud-${index} True v${version} 110`);

/** The testbed stacks/bench-cloud-tcg.yaml, real machines with a cluster, and what tests ask of them. */
export class BenchCloud {
  readonly stack = "bench-cloud-tcg";
  readonly #sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** As `strata ssh` does it, without starting it each time, and from the moment on that the machine boots. */
  async onMachine(machine: string, command: string): Promise<string> {
    const ssh = ["-F", join(this.#sandbox.state, "stacks", this.stack, "ssh_config"), machine, command];
    return (await execa("ssh", ssh, { stdin: "ignore", timeout: limitMs })).stdout.trim();
  }

  /** Of a machine, another one after each boot. */
  boot(machine: string): Promise<string> {
    return this.onMachine(machine, "cat /proc/sys/kernel/random/boot_id");
  }

  kubectl(words: string): Promise<string> {
    return this.onMachine("cloud-0", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`);
  }

  /** Each node's version and number of pods it takes: `cloud-0 True v1.35.4 110`. */
  nodes(): Promise<string[]> {
    const ready = '{.status.conditions[?(@.type=="Ready")].status}';
    return this.#lines(
      "nodes",
      `{.metadata.name} ${ready} {.status.nodeInfo.kubeletVersion} {.status.capacity.pods}{"\\n"}`,
    );
  }

  /** Where the workers' pods are, and how they are: `cloud-1 Running`; without those that are to end. */
  async workerPods(): Promise<string[]> {
    const pods = await this.#lines(
      "pods --namespace strata",
      '{.spec.nodeName} {.status.phase} {.metadata.deletionTimestamp}{"\\n"}',
    );
    // jsonpath leaves a space before a time that is not set.
    return pods.filter((pod) => pod.trim().split(" ").length === 2).map((pod) => pod.trim());
  }

  /** What the stack's settings say of the testbed, over the file; of a list they take the whole place. */
  async set(settings: Record<string, string>): Promise<void> {
    const words = Object.entries(settings).flatMap(([path, text]) => ["--plaintext", `strata:testbed.${path}=${text}`]);
    await this.#sandbox.succeed("pulumi", "config", "set-all", "--stack", this.stack, "--path", ...words);
  }

  /** Edits the software of kind kubernetes. */
  setCluster(settings: Record<string, string>): Promise<void> {
    const wanted = { "software[0].kind": "mqtt", "software[0].on": "cloud", "software[1].kind": "kubernetes" };
    for (const [key, text] of Object.entries(settings)) Object.assign(wanted, { [`software[1].${key}`]: text });
    return this.set(wanted);
  }

  /** As when somebody pulls the plug: its QEMU process is killed. */
  async powerOff(machine: string): Promise<void> {
    const { stdout } = await execa("ps", ["-eo", "pid=,args="]);
    const guests = stdout.split("\n").filter((line) => new RegExp(`guest=${this.stack}-${machine}[@,]`).test(line));
    const ours = guests.filter((line) => line.includes("qemu-system"));
    if (ours.length !== 1) throw new Error(`${ours.length} QEMU processes run ${machine}`);
    process.kill(Number.parseInt(ours[0]!, 10), "SIGKILL");
  }

  async #lines(what: string, line: string): Promise<string[]> {
    const listed = await this.kubectl(`get ${what} --output 'jsonpath={range .items[*]}${line}{end}'`);
    return listed.split("\n").sort();
  }
}
