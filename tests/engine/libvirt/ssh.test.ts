import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { Libvirt } from "../../../providers/libvirt/rpc/libvirt.ts";
import { connect } from "../../../providers/libvirt/rpc/procedures.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { haltingImage } from "../../support/bootSector.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { withoutMarks } from "../../support/marks.ts";
import { PluginStack } from "../../support/pluginStack.ts";
import { SshHosts, sshHostsProblem } from "../../support/sshHosts.ts";

const problem = sshHostsProblem() ?? (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");
describeUnless(problem, "the libvirt plugin with daemons of other hosts, by ssh", () => {
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  let lab: SshHosts;
  let stack: PluginStack;
  let image: string;

  beforeAll(async () => {
    lab = await SshHosts.start(2);
    stack = await PluginStack.create(["libvirt"]);
    image = join(stack.directory, "halt.img");
    // More than a stream's window, of more than one byte.
    writeFileSync(image, Buffer.concat([haltingImage(), Buffer.alloc(20 * 2 ** 20, "strata")]));
  });
  afterAll(async () => {
    stack.remove();
    await lab.stop();
  });

  const program = (memory: number): PulumiFn => {
    return async () => {
      const facts = lab.hosts.map(async (_, index) => {
        // One by libvirt's helper, one by netcat on a socket.
        const parameters: Record<string, string> = index === 0 ? {} : { socket: "/run/libvirt/libvirt-sock" };
        const provider = new libvirt.Provider(`host-${index}`, { uri: lab.uri(index, parameters) });
        const opts = { provider };
        const path = "/var/lib/libvirt/images/t";
        const pool = new libvirt.Pool(`pool-${index}`, { name: "t", type: "dir", target: { path } }, opts);
        const base = new libvirt.Volume(`base-${index}`, { name: "base", pool: pool.name, source: image }, opts);
        // Names differ, as the control groups of both hosts' machines are this kernel's.
        new libvirt.Domain(
          `halt-${index}`,
          { name: `halt-${index}`, memory, domainType: "qemu", graceful: 0, disks: [{ volumeId: base.id }] },
          opts,
        );
        for (let seed = 0; seed < 12; seed++) {
          new libvirt.CloudInitDisk(
            `seed-${index}-${seed}`,
            { pool: pool.name, userData: `#cloud-config\n# ${seed}\n` },
            opts,
          );
        }
        return libvirt.getHost({ provider });
      });
      return { facts: await Promise.all(facts) };
    };
  };

  test("machines on both hosts: made, unchanged, changed, gone", async () => {
    const all = 2 * (4 + 12);
    expect(await stack.up(program(64))).toEqual({ ...none, create: all + 1 });
    const [first, second] = (await stack.outputs()).facts?.value as libvirt.GetHostResult[];
    expect([first?.name, second?.name, first?.cores]).toEqual([hostname(), hostname(), second?.cores]);
    for (const [index, { daemon }] of lab.hosts.entries()) {
      // What the host has under its /var/lib/libvirt.
      const directory = join(daemon.directory, "1/images/t");
      expect(readFileSync(join(directory, "base")).equals(readFileSync(image))).toBe(true);
      expect(withoutMarks(readdirSync(directory))).toHaveLength(13);
      expect(await daemon.virsh("qemu", "domstate", `halt-${index}`)).toBe("running");
    }
    expect(await stack.up(program(64))).toEqual({ ...none, same: all + 1 });
    expect(await stack.refresh()).toEqual({ ...none, same: all + 1 });
    expect(await stack.up(program(96))).toEqual({ ...none, update: 2, same: all - 1 });
    expect(await stack.destroy()).toEqual({ ...none, delete: all + 1 });
    for (const { daemon } of lab.hosts) {
      expect(existsSync(join(daemon.directory, "1/images/t"))).toBe(false);
      expect(await daemon.virsh("qemu", "list", "--all", "--name")).toBe("");
    }
  });

  test("what keeps ssh from a host is said: host, reason, fix", async () => {
    const failure = async (uri: string): Promise<string> => {
      const context = new Libvirt(uri);
      return context.call(connect.libVersion, undefined).then(String, (error: unknown) => (error as Error).message);
    };
    const { address } = lab.hosts[0] ?? { address: "" };
    writeFileSync(join(lab.directory, "nobody"), "");
    expect(await failure(lab.uri(0, { known_hosts: join(lab.directory, "nobody") }))).toMatch(
      new RegExp(`root@${address} can't be reached by ssh: .*Host key verification failed.*; log in once by hand`),
    );
    expect(await failure(lab.uri(0, { keyfile: join(lab.directory, "host0") }))).toMatch(
      /Permission denied \(publickey[^)]*\).*; let your key in there/,
    );
    expect(await failure(lab.uri(0).replace(address, `${address}:23`))).toMatch(
      /:23 can't be reached by ssh: .*(verification failed|refused)/,
    );
    expect(await failure(lab.uri(0, { socket: "/run/libvirt/no-sock" }))).toContain(
      "no libvirt daemon listens there (/run/libvirt/no-sock is missing)",
    );
  });
});
