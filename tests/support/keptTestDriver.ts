import { Libvirt } from "../../providers/libvirt/rpc/libvirt.ts";
import { connect } from "../../providers/libvirt/rpc/procedures.ts";
import { PrivateLibvirtd } from "./libvirtd.ts";

/** libvirt's test driver, which forgets everything when its last connection ends: here one stays. */
export class KeptTestDriver {
  readonly #daemon: PrivateLibvirtd;
  /** The one that stays. */
  readonly connection: Libvirt;

  private constructor(daemon: PrivateLibvirtd) {
    this.#daemon = daemon;
    this.connection = new Libvirt(this.uri);
  }

  static async start(): Promise<KeptTestDriver> {
    const made = new KeptTestDriver(await PrivateLibvirtd.start());
    await made.connection.call(connect.libVersion, undefined);
    return made;
  }

  get uri(): string {
    return this.#daemon.uri("test");
  }

  /** Runs a command of virsh on it. @returns what it prints. */
  virsh(...words: string[]): Promise<string> {
    return this.#daemon.virsh("test", ...words);
  }

  async stop(): Promise<void> {
    this.connection.close();
    await this.#daemon.stop();
  }
}
