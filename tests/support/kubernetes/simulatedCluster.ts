import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PluginStack } from "../pluginStack.ts";
import { Authority } from "./authority.ts";
import { SimulatedApi } from "./simulatedApi.ts";
import { simulateKubeadm } from "./simulatedKubeadm.ts";
import { SshMachines, type SshMachine } from "./sshMachine.ts";

/** A stack "lab" with the machines cloud-0, whose control plane is simulated, and cloud-1, which may join. */
export class SimulatedCluster {
  readonly stack: PluginStack;
  readonly control: SshMachine;
  readonly worker: SshMachine;
  readonly api: SimulatedApi;
  readonly #machines: SshMachines;

  private constructor(stack: PluginStack, machines: SshMachines, api: SimulatedApi, [control, worker]: SshMachine[]) {
    if (control === undefined || worker === undefined) throw new Error("it has two machines");
    this.stack = stack;
    this.#machines = machines;
    this.api = api;
    this.control = control;
    this.worker = worker;
  }

  /** @param addresses of the loop-back network, the control plane's first. */
  static async start(addresses: [string, string]): Promise<SimulatedCluster> {
    const stack = await PluginStack.create(["strata"]);
    const directory = join(stack.directory, "m");
    mkdirSync(directory);
    const machines = new SshMachines(directory, stack.state, "lab");
    const added = addresses.map((address, index) => machines.add(`cloud-${index}`, address));
    const authority = new Authority(join(directory, "authority"));
    const api = new SimulatedApi(directory, authority);
    await api.start();
    for (const machine of added) {
      simulateKubeadm(machine, api, authority);
      await machine.powerOn();
    }
    const made = new SimulatedCluster(stack, machines, api, added);
    made.control.exec(
      `mkdir -p /etc/kubernetes; cat > /etc/kubernetes/admin.conf <<'END'\n${authority.adminConfig(api.url)}END`,
    );
    return made;
  }

  stop(): void {
    this.#machines.stop();
    this.api.stop();
    this.stack.remove();
  }
}
