import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { domainDefinition } from "../../providers/libvirt/resources/domainDefinition.ts";
import type { DomainInputs } from "../../providers/libvirt/resources/domainInputs.ts";
import { createVolume } from "../../providers/libvirt/resources/volumes.ts";
import type { Channel } from "../../providers/libvirt/rpc/channel.ts";
import { LibvirtError } from "../../providers/libvirt/rpc/errors.ts";
import type { Libvirt } from "../../providers/libvirt/rpc/libvirt.ts";
import type { DomainRef, Procedure, VolumeRef } from "../../providers/libvirt/rpc/procedures.ts";
import { identityChannel } from "../../providers/libvirt/saved/wake.ts";
import { readHeader, streamOffset, writeHeader } from "../../providers/libvirt/saved/memoryFile.ts";
import type { OnMachine, StateMachine } from "../../providers/libvirt/snapshots/target.ts";
import { domainXml } from "../../providers/libvirt/xml/domain.ts";
import { readDomain } from "../../providers/libvirt/xml/readDomain.ts";
import { StorageDaemon } from "./storageDaemon.ts";

interface Machine {
  ref: DomainRef;
  xml: string;
  /** What it says at its port. */
  says: string[];
  /** Held still until it is told the time. */
  waits: boolean;
  /** libvirt is saving it, and has when it was looked at so often. */
  job?: { looks: number; to: string };
}

interface Args {
  name: string;
  uuid: string;
  domain: DomainRef;
  from: string;
  to: string;
  flags: number;
  volume: VolumeRef;
}

const pool = { name: "pool", uuid: "aaaaaaaa-0000-4000-8000-000000000001" };
const codes = { noDomain: 42, invalid: 55, failed: 9 };

function refuse(code: number, message: string): never {
  throw new LibvirtError({ code, domain: 10, message, level: 2, int1: 0 }, "CALL", "memory");
}

/** A daemon with machines that are saved and brought back, in memory; their volumes are files of a folder. */
export class MachineHost {
  readonly root = mkdtempSync(join(tmpdir(), "strata-machines-"));
  /** What was done to machines and memory volumes, in order: "save cloud-0". */
  readonly log: string[] = [];
  /** What fails, as the log would have it. */
  readonly failing = new Set<string>();
  /** QEMU's: major * 1,000,000 + minor * 1,000 + release. */
  qemu = 7_002_022;
  readonly #machines = new Map<string, Machine>();
  readonly #pool = join(this.root, "pool");
  readonly #storage = new StorageDaemon({
    pools: { pool: { uuid: pool.uuid, path: this.#pool, active: true, autostart: false } },
    volumes: {},
    directories: [this.#pool],
  }).connect();
  readonly context: Libvirt;

  /** @param isRemote whether it is on another machine: its files are none of this one's. */
  constructor({ isRemote = false } = {}) {
    mkdirSync(this.#pool);
    this.context = {
      ...{ uri: "qemu:///memory", version: "9.0.0", isTest: false, isRemote },
      call: ({ name }: Procedure<unknown, unknown>, args: Args) => Promise.resolve().then(() => this.#call(name, args)),
      channel: (ref: DomainRef, _port: string, _signal: AbortSignal, work: (channel: Channel) => Promise<unknown>) =>
        work(this.#channel(this.#machine(ref.name))),
      receive: (_procedure: object, { volume }: Args, take: (piece: Buffer) => boolean) =>
        Promise.resolve().then(() => void take(readFileSync(volume.key))),
    } as unknown as Libvirt;
  }

  get on(): OnMachine {
    return { context: this.context, signal: new AbortController().signal, log: () => undefined };
  }

  /** A machine that runs, over an image of its own. */
  async add(name: string): Promise<StateMachine> {
    const urn = `urn:pulumi:lab::strata::libvirt:index/domain:Domain::${name}`;
    const disk = await createVolume(this.context, pool, {
      ...{ name: `${name}.qcow2`, format: "qcow2", capacity: 2 ** 30 },
      backing: { path: "/images/0123.qcow2", format: "qcow2" },
    });
    writeFileSync(disk.key, `disk of ${name}`);
    const uuid = `bbbbbbbb-0000-4000-8000-00000000000${this.#machines.size}`;
    const given: DomainInputs = { name, disks: [{ volumeId: disk.key }], domainType: "qemu", prepared: "/prepared" };
    const xml = domainXml({ ...(await domainDefinition(this.context, urn, given)), uuid });
    this.#machines.set(name, { ref: { name, uuid, id: 1 }, xml, says: [], waits: false });
    return { name, urn, uuid, given, type: "qemu" };
  }

  /** What holds it still is started on it. */
  startHold(name: string): Promise<void> {
    this.#machine(name).says.push("parked");
    return Promise.resolve();
  }

  /** A run was killed that saved it, into that volume: before libvirt has begun, while it does (for so many looks), or after. */
  async killedSave({ name }: StateMachine, volume: string, when: "before" | "after" | number): Promise<void> {
    await createVolume(this.context, pool, { name: volume, format: "raw", capacity: 0 });
    const machine = this.#machine(name);
    const to = join(this.#pool, volume);
    if (when === "after") this.#save(machine, to);
    else if (when !== "before") machine.job = { looks: when, to };
  }

  /** It is held still. */
  hold({ name }: StateMachine): void {
    this.#machine(name).waits = true;
  }

  /** Changes what libvirt has of it. */
  change({ name }: StateMachine, change: (xml: string) => string): void {
    const machine = this.#machine(name);
    machine.xml = change(machine.xml);
  }

  powerOff({ name }: StateMachine): void {
    this.#machine(name).ref.id = -1;
  }

  forget({ name }: StateMachine): void {
    this.#machines.delete(name);
  }

  get volumes(): string[] {
    return readdirSync(this.#pool).sort();
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  #machine(name: string): Machine {
    return this.#machines.get(name) ?? refuse(codes.noDomain, "no machine");
  }

  #note(what: string): void {
    this.log.push(what);
    if (this.failing.has(what)) refuse(codes.failed, `can't ${what}`);
  }

  #call(procedure: string, args: Args): unknown {
    if (procedure.startsWith("STORAGE_")) return this.#storageCall(procedure, args);
    switch (procedure) {
      case "DOMAIN_LOOKUP_BY_NAME":
        return { domain: { ...this.#machine(args.name).ref } };
      case "DOMAIN_LOOKUP_BY_UUID": {
        const found = [...this.#machines.values()].find(({ ref }) => ref.uuid === args.uuid);
        return { domain: { ...(found ?? refuse(codes.noDomain, "no machine")).ref } };
      }
      case "DOMAIN_GET_XML_DESC": {
        const { xml, waits } = this.#machine(args.domain.name);
        const connected = `name="${identityChannel}" state="connected"`;
        return { xml: args.flags === 0 && waits ? xml.replace(`name="${identityChannel}"`, connected) : xml };
      }
      case "DOMAIN_SAVE_FLAGS":
        this.#save(this.#machine(args.domain.name), args.to);
        return undefined;
      case "DOMAIN_RESTORE_FLAGS":
        this.#restore(args.from);
        return undefined;
      case "DOMAIN_GET_JOB_INFO":
        return { type: this.#job(this.#machine(args.domain.name)) };
      case "CONNECT_GET_VERSION":
        if (this.failing.has("version")) refuse(codes.failed, "no version");
        return { version: this.qemu };
      case "CONNECT_GET_CAPABILITIES":
        return { xml: "<capabilities/>" };
      case "NODE_GET_INFO":
        return { model: "x86_64" };
      default:
        throw new Error(`the host of the test has no ${procedure}`);
    }
  }

  async #storageCall(procedure: string, args: Args): Promise<unknown> {
    const answer = await this.#storage.call({ name: procedure } as Procedure<Args, unknown>, args);
    if (procedure === "STORAGE_VOL_CREATE_XML") writeFileSync((answer as { volume: VolumeRef }).volume.key, "");
    if (procedure === "STORAGE_VOL_DELETE") {
      this.#note(`delete ${args.volume.name}`);
      rmSync(args.volume.key);
    }
    return answer;
  }

  #save(machine: Machine, to: string): void {
    const { name } = machine.ref;
    this.#note(`save ${name}`);
    if (!existsSync(to)) throw new Error(`${to} is not there`);
    writeFileSync(
      to,
      Buffer.concat([writeHeader(machine.xml, `<cookie of="${name}"/>`), Buffer.from(`memory of ${name}`)]),
    );
    machine.ref.id = -1;
  }

  #restore(from: string): void {
    const xml = readDomain(readHeader(readFileSync(from).subarray(0, 4 * streamOffset)).xml);
    this.#note(`restore ${xml.name}`);
    const machine = this.#machine(xml.name);
    if (machine.ref.id !== -1) refuse(codes.invalid, "it runs");
    machine.ref.id = 2;
    machine.waits = true;
    // From here on its disk is another one than its memory was saved with.
    appendFileSync(xml.disks[0]?.path ?? "", ", written since");
  }

  /** What libvirt does with it: a job's type; 0 is none. */
  #job(machine: Machine): number {
    const { job } = machine;
    if (job === undefined) return 0;
    job.looks -= 1;
    if (job.looks === 0) this.#save(machine, job.to);
    return 1;
  }

  #channel(machine: Machine): Channel {
    const { name } = machine.ref;
    return {
      send: (line) => {
        const told = JSON.parse(line) as object;
        const holds = "hold" in told;
        this.#note(`${holds ? "hold" : "wake"} ${name}`);
        machine.waits = holds;
        machine.says.push(holds ? "held" : JSON.stringify({ ready: name }));
        return Promise.resolve();
      },
      line: () => Promise.resolve(machine.says.shift() ?? refuse(codes.failed, "it says nothing")),
    };
  }
}
