// Machines of a testbed whose checkout is gone, beside others', on libvirt's test driver: what the plugin makes without any engine.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Leftover } from "../../../cli/gc/leftover.ts";
import { orphansAt } from "../../../cli/gc/orphanedMachines.ts";
import type { Operation, ServedResource } from "../../../providers/kit/crud.ts";
import type { Properties } from "../../../providers/kit/values.ts";
import { setLease } from "../../../providers/libvirt/resources/domainMetadata.ts";
import { machinesWithMarks, removeStack } from "../../../providers/libvirt/resources/orphan.ts";
import { resources } from "../../../providers/libvirt/parts.ts";
import { Unreachable } from "../../../providers/libvirt/rpc/errors.ts";
import { Libvirt } from "../../../providers/libvirt/rpc/libvirt.ts";
import { domains, type Procedure } from "../../../providers/libvirt/rpc/procedures.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";

const past = { seconds: 3600, expires: "2026-01-01T00:00:00.000Z" };

/** A connection that is cut after some calls, as by a kill of whoever has it. */
class Dying extends Libvirt {
  #left: number;

  constructor(uri: string, calls: number) {
    super(uri);
    this.#left = calls;
  }

  override call<Args, Result>(procedure: Procedure<Args, Result>, args: Args): Promise<Result> {
    if (this.#left-- <= 0) return Promise.reject(new Unreachable("killed"));
    return super.call(procedure, args);
  }
}

describeUnless(libvirtdProblem(), "machines of a testbed whose checkout is gone", () => {
  const root = mkdtempSync(join(tmpdir(), "orphans-"));
  const [gone, present, here] = ["gone", "present", "here"].map((name) => join(root, name)) as [string, string, string];
  let daemon: PrivateLibvirtd;
  let context: Libvirt;
  let untouched: string[];

  beforeAll(async () => {
    daemon = await PrivateLibvirtd.start();
    // The test driver forgets everything when its last connection ends: this one stays.
    context = new Libvirt(daemon.uri("test"));
    for (const state of [present, here]) mkdirSync(state);
    // A stack of the same name in another checkout, and a machine by hand whose name is like ours.
    await makeTestbed(present, "other");
    const file = join(root, "foreign.xml");
    writeFileSync(
      file,
      "<domain type='test'><name>lab-cloud-9</name><memory>65536</memory><os><type>hvm</type></os></domain>",
    );
    await daemon.virsh("test", "define", file);
    process.env.STRATA_STATE = here;
    untouched = await everything();
  });
  afterAll(async () => {
    delete process.env.STRATA_STATE;
    context.close();
    await daemon.stop();
    rmSync(root, { recursive: true });
  });

  async function everything(): Promise<string[]> {
    const lists = await Promise.all(
      [["list"], ["net-list"], ["pool-list"]].map((args) => daemon.listed("test", ...args, "--all", "--name")),
    );
    const volumes = await Promise.all((lists[2] ?? []).map((pool) => daemon.listed("test", "vol-list", pool)));
    return [...lists, ...volumes].flat();
  }

  /** What a stack `lab` of a state directory has, as a testbed names its resources; its lease is over. */
  async function makeTestbed(state: string, name: string): Promise<void> {
    process.env.STRATA_STATE = state;
    const make = async (type: string, resource: string, inputs: Properties): Promise<string> => {
      const token = `libvirt:index/${type}`;
      const definition = resources.find((one) => one.token === token) as ServedResource<Libvirt>;
      const operation: Operation<Libvirt> = {
        urn: `urn:pulumi:lab::strata::strata:index:Testbed$${token}::${resource}`,
        ...{ name: resource, context, signal: new AbortController().signal, log: () => undefined },
      };
      return (await definition.create(operation, inputs)).id;
    };
    const [pool, mib] = [`strata-${name}`, 2 ** 20];
    await make("pool:Pool", "pool", { name: pool, type: "dir", target: { path: `/${name}` } });
    const networkId = await make("network:Network", "network", {
      name: pool,
      bridge: `br-${name}`,
      addresses: ["10.9.0.0/16"],
    });
    const baseVolumeId = await make("volume:Volume", "image-disk", { name: "image", pool, size: mib });
    for (const machine of ["cloud-0", "edge-0"]) {
      const disk = { name: `${name}-${machine}`, pool, size: 2 * mib, baseVolumeId, format: "qcow2" };
      const volumeId = await make("volume:Volume", `${machine}-disk`, disk);
      await make("domain:Domain", machine, {
        ...{ name: `${name}-${machine}`, memory: 64, lease: 3600 },
        ...{ disks: [{ volumeId }], networkInterfaces: [{ networkId }] },
      });
    }
    process.env.STRATA_STATE = here;
    await expire(name);
  }

  async function expire(name: string): Promise<void> {
    for (const machine of ["cloud-0", "edge-0"]) {
      await setLease(context, (await context.call(domains.lookupByName, { name: `${name}-${machine}` })).domain, past);
    }
  }

  const found = (): Promise<Leftover[]> => orphansAt(daemon.uri("test"), []);

  test("others' are neither named nor touched, though their leases are over", async () => {
    expect(await found()).toEqual([]);
  });

  test("one goes with all that its stack had there, and nothing else does", async () => {
    await makeTestbed(gone, "gone");
    // Two machines, a network, a pool, three volumes and their marks.
    expect(await everything()).toHaveLength(untouched.length + 10);
    const [orphan, ...rest] = await found();
    expect(rest).toEqual([]);
    expect(orphan).toMatchObject({
      inUse: undefined,
      why: expect.stringContaining(`nothing is left of its state (${gone})`),
    });
    expect(await orphan?.remove(undefined)).toBeUndefined();
    expect(await everything()).toEqual(untouched);
    // Who listed it, too, and comes later, finds it gone.
    expect(await orphan?.remove(undefined)).toBeUndefined();
  });

  test("one whose lease was renewed since it was listed stays, and one that runs on is named only", async () => {
    await makeTestbed(gone, "gone");
    const [orphan] = await found();
    const { domain } = await context.call(domains.lookupByName, { name: "gone-cloud-0" });
    await setLease(context, domain, { seconds: 3600, expires: new Date(Date.now() + 3_600_000).toISOString() });
    expect(await orphan?.remove(undefined)).toBe("it is no orphan any more");
    expect((await found()).map(({ why, inUse }) => [why, inUse?.split(",")[0]])).toEqual([
      [undefined, expect.stringMatching(/^its lease expires in (1 h|59 min)/)],
    ]);
    expect(await daemon.virsh("test", "list", "--name")).toContain("gone-cloud-0");
    await expire("gone");
    for (const one of await found()) await one.remove(undefined);
    expect(await everything()).toEqual(untouched);
  });

  test("whatever moment it is killed in, the next one takes away the rest", async () => {
    const uri = daemon.uri("test");
    const poolOf = (urn: string): string => urn.replace(/network:Network::network/, "pool:Pool::pool");
    let killed = 0;
    for (let calls = 2, ended = false; !ended; calls += 3) {
      await makeTestbed(gone, "gone");
      const machines = (await machinesWithMarks(context)).filter(({ name }) => name.startsWith("gone-"));
      const dying = new Dying(uri, calls);
      ended = await removeStack(dying, machines, poolOf).then(
        () => true,
        () => false,
      );
      dying.close();
      if (!ended) killed += 1;
      for (const one of await found()) await one.remove(undefined);
      expect([calls, await everything()]).toEqual([calls, untouched]);
    }
    expect(killed).toBeGreaterThan(10);
  });
});
