import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless, testUnless } from "../../support/describeUnless.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";
import { PluginStack } from "../../support/pluginStack.ts";
import { SshHosts, sshHostsProblem } from "../../support/sshHosts.ts";

const server = "/usr/sbin/dnsmasq";
const problem =
  libvirtdProblem() ??
  (existsSync(server) ? undefined : `not installed: ${server}`) ??
  (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");
describeUnless(problem, "a libvirtd that is killed while it makes a network", () => {
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  let daemon: PrivateLibvirtd;
  let stack: PluginStack;

  beforeAll(async () => {
    daemon = await PrivateLibvirtd.start();
    stack = await PluginStack.create(["libvirt"]);
  });
  afterEach(async () => {
    await stack.destroy();
    expect(dhcpServers(daemon)).toEqual([]);
    expect(ip(daemon, "-brief", "link")).not.toContain("br-t");
  });
  afterAll(async () => {
    stack.remove();
    await daemon.stop();
  });

  const program =
    (uri: string, addresses = ["10.77.0.0/16"]): PulumiFn =>
    () => {
      const opts = { provider: new libvirt.Provider("host", { uri }) };
      new libvirt.Network("net", { bridge: "br-t", addresses }, opts);
      return Promise.resolve();
    };
  const ip = ({ namespace }: PrivateLibvirtd, ...args: string[]): string =>
    execFileSync("ip", ["-n", namespace, ...args], { encoding: "utf8" });
  const dhcpServers = ({ namespace }: PrivateLibvirtd): string[] =>
    execFileSync("ip", ["netns", "pids", namespace], { encoding: "utf8" })
      .split("\n")
      .filter((pid) => pid !== "" && readFileSync(`/proc/${pid}/comm`, "utf8") === "dnsmasq\n");

  /** dnsmasq, and its helper that runs libvirt's script at each lease. */
  const oneServer = 2;
  /** Has libvirtd killed when it starts a network's DHCP server, before or after that runs. Its bridge is there by then. */
  const killAt = (when: "before" | "after", which: PrivateLibvirtd): void => {
    const real = join(which.directory, "real/dnsmasq");
    mkdirSync(join(which.directory, "real"), { recursive: true });
    copyFileSync(server, real);
    const script = join(which.directory, "killing");
    const begin = when === "after" ? `${real} "$@"\n` : "";
    writeFileSync(
      script,
      `#!/bin/sh\ncase "$*" in *--conf-file=*) ${begin}kill -9 ${which.pid}; exit ;; esac\nexec ${real} "$@"\n`,
    );
    chmodSync(script, 0o755);
    // Until the daemon is started again, which has mounts of its own then.
    execFileSync("nsenter", [...which.mounts, "mount", "--bind", script, server]);
  };
  const killedUp = async (when: "before" | "after", which = daemon, uri = which.uri("qemu")): Promise<void> => {
    killAt(when, which);
    expect(await stack.failure(program(uri))).toMatch(/the daemon closed the connection|broke/);
    expect(ip(which, "-brief", "link", "show", "br-t")).toContain("br-t");
    expect(dhcpServers(which)).toHaveLength(when === "after" ? oneServer : 0);
    await which.restart();
    expect(await which.virsh("qemu", "net-list", "--name")).toBe("");
  };
  const expectNetwork = async (which = daemon): Promise<void> => {
    expect(await which.virsh("qemu", "net-list", "--name")).toBe("net");
    expect(ip(which, "-oneline", "-4", "address", "show", "br-t")).toContain("inet 10.77.0.1/16");
    expect(dhcpServers(which)).toHaveLength(oneServer);
  };

  test.each(["before", "after"] as const)(
    "%s its DHCP server runs: the next update makes the network",
    async (when) => {
      await killedUp(when);
      let said = "";
      const operations = await stack.up(program(daemon.uri("qemu")), (text) => {
        said += text;
      });
      expect(operations).toEqual({ ...none, create: 1, same: 2 });
      expect(said).toContain('what a killed libvirt daemon had left of this network, its bridge "br-t", was removed');
      await expectNetwork();
      expect(await stack.up(program(daemon.uri("qemu")))).toEqual({ ...none, same: 3 });
    },
  );

  test("the next update wants another range, and the daemon has lost the network's definition", async () => {
    await killedUp("after");
    await daemon.virsh("qemu", "net-undefine", "net");
    expect(await stack.up(program(daemon.uri("qemu"), ["10.78.0.0/16"]))).toEqual({ ...none, create: 1, same: 2 });
    expect(ip(daemon, "-oneline", "-4", "address", "show", "br-t")).toContain("inet 10.78.0.1/16");
  });

  test("a bridge of the same name that is another's, or has machines on it, is refused and left alone", async () => {
    ip(daemon, "link", "add", "br-t", "type", "bridge");
    const foreign = await stack.failure(program(daemon.uri("qemu")));
    expect(foreign).toMatch(
      /there is already a bridge "br-t", which this resource did not make \(its address is not 52:54:00(:[0-9a-f]{2}){3}\); choose another name in bridge, or remove that one: ip link delete br-t/,
    );
    ip(daemon, "link", "delete", "br-t");

    await killedUp("before");
    ip(daemon, "link", "add", "port", "master", "br-t", "type", "veth", "peer", "name", "machine");
    expect(await stack.failure(program(daemon.uri("qemu")))).toContain(
      'there is already a bridge "br-t" with machines on it, and libvirt has lost its network; switch them off, ' +
        "or choose another name in bridge, or remove that one: ip link delete br-t",
    );
    expect(ip(daemon, "-brief", "link", "show", "master", "br-t")).toContain("port@machine");
    ip(daemon, "link", "delete", "port");
    expect(await stack.up(program(daemon.uri("qemu")))).toMatchObject({ create: 1 });
    await expectNetwork();
  });

  testUnless(sshHostsProblem(), "on a host that ssh reaches", async () => {
    const lab = await SshHosts.start(1);
    try {
      const [host] = lab.hosts;
      if (host === undefined) throw new Error("there is no host");
      await killedUp("after", host.daemon, host.uri);
      expect(await stack.up(program(host.uri))).toMatchObject({ create: 1 });
      await expectNetwork(host.daemon);
      await stack.destroy();
      expect(dhcpServers(host.daemon)).toEqual([]);
    } finally {
      await lab.stop();
    }
  });
});
