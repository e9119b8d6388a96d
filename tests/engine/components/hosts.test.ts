import { Mirror, Tunnel } from "@strata/resources";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { buildMachineImage } from "../../../artifacts/machine-image/index.ts";
import { verifyNetwork } from "../../../benchmarks/network/verify.ts";
import { measureOffsets } from "../../../benchmarks/transport/clockOffsets.ts";
import { referenceClock } from "../../../benchmarks/transport/referenceClock.ts";
import { sshTransport } from "../../../benchmarks/transport/ssh.ts";
import type { TestbedOutputs } from "../../../components/contract/testbed.ts";
import { Testbed } from "../../../components/index.ts";
import { planLibvirt } from "../../../components/libvirt/plan/plan.ts";
import { lookAtAll } from "../../../components/libvirt/remote.ts";
import { resourceNames } from "../../../components/libvirt/plan/naming.ts";
import { planTestbed } from "../../../components/plan/whole/plan.ts";
import { readTestbedArgs, specOrThrow } from "../../../components/experiment/whole/load.ts";
import type { TestbedArgs } from "../../../components/experiment/whole/testbed.ts";
import { placeOf } from "../../../local/place.ts";
import { tunnelProcesses } from "../../../providers/strata/access/tunnelProcess.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { PluginStack } from "../../support/pluginStack.ts";
import { withoutMarks } from "../../support/marks.ts";
import { SshHosts, sshHostsProblem } from "../../support/sshHosts.ts";
import { patient } from "../../support/patience.ts";
import { expectRoundTrip } from "../../support/linkFigures.ts";

const run = promisify(execFile);
const problem = sshHostsProblem() ?? (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");
describeUnless(problem, "a testbed on two hosts that are reached by ssh", () => {
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  /** Known once the stack has a state directory. */
  const names = () => resourceNames("lab", placeOf("lab").id);
  let lab: SshHosts;
  let stack: PluginStack;
  let image: { key: string; directory: string };

  beforeAll(async () => {
    image = await buildMachineImage([]);
    lab = await SshHosts.start(2);
    stack = await PluginStack.create(["libvirt", "strata"]);
    process.env.STRATA_STATE = stack.state;
  });
  afterAll(async () => {
    await stack.destroy();
    stack.remove();
    await lab.stop();
  });

  const argsOf = (endpoints: number, hosts = lab.hosts.map(({ uri }) => uri)): TestbedArgs => ({
    provider: { kind: "libvirt", hosts, network: "10.126.0.0/16" },
    tiers: {
      cloud: { count: 1, memory: "512 MiB", on: lab.hosts[1]?.address },
      endpoint: { count: endpoints, memory: "512 MiB" },
    },
    links: { "cloud-endpoint": { latency: "20 ms" } },
  });
  const program =
    (...args: Parameters<typeof argsOf>): PulumiFn =>
    () =>
      Promise.resolve({ testbed: new Testbed("lab", argsOf(...args)).outputs });
  const ssh = async (address: string, command: string): Promise<string> => {
    const config = join(stack.state, "stacks/lab/ssh_config");
    const { stdout } = await run("ssh", ["-F", config, address, command], { timeout: patient(60_000) });
    return stdout.trim();
  };
  const poolOf = (index: number): string => join(lab.hosts[index]?.daemon.directory ?? "", "1/images", names().pool);
  const mtuOf = (index: number, device: string): string =>
    /mtu (\d+)/.exec(lab.inHost(index, "ip", "link", "show", "dev", device))?.[1] ?? "";

  test("a host that can't be reached is named, with the fix, before anything is made", async () => {
    const [good = "", other = ""] = lab.hosts.map(({ uri }) => uri);
    const uris = [good, other.replace("known_hosts=", "known_hosts=/nowhere")];
    const plan = planTestbed("lab", specOrThrow(readTestbedArgs(argsOf(1))), placeOf("lab").id);
    const { problems, hosts } = lookAtAll(planLibvirt(plan), uris);
    expect(hosts.map(({ address, accelerator }) => [address, typeof accelerator])).toEqual([
      [lab.hosts[0]?.address, "string"],
    ]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toBe("provider.hosts[1]");
    expect(problems[0]?.reason).toMatch(/root@198\.18\.\d+\.6 can't be reached by ssh: No ED25519 host key is known/);
    expect(problems[0]?.fix).toMatch(/^log in once by hand/);
    expect(await lab.hosts[0]?.daemon.virsh("qemu", "net-list", "--all", "--name")).toBe("");
  });

  test("up: machines placed, images once a host, one network", async () => {
    const started = Date.now();
    const { create } = await stack.up(program(1));
    process.stderr.write(`up of two machines on two hosts: ${Math.round((Date.now() - started) / 1000)} s\n`);
    expect(create).toBe(32);
    const testbed = (await stack.outputs()).testbed?.value as TestbedOutputs;
    expect(testbed.provider.host).toBe("remote");
    expect(testbed.machines.map(({ name, host, address }) => [name, host, address])).toEqual([
      ["cloud-0", lab.hosts[1]?.address, "10.126.0.1"],
      ["endpoint-0", lab.hosts[0]?.address, "10.126.128.1"],
    ]);
    for (const [index, machine] of ["endpoint-0", "cloud-0"].entries()) {
      const images = ["disk", "initramfs", "kernel"].map((kind) => `image-${image.key}-${kind}`);
      expect(withoutMarks(readdirSync(poolOf(index)))).toEqual(
        [...images, names().machine(machine).seed, names().machine(machine).disk].sort(),
      );
      const [disk = ""] = images;
      expect(statSync(join(poolOf(index), disk)).size).toBe(statSync(join(image.directory, "disk.qcow2")).size);
      expect([mtuOf(index, names().overlay.device), mtuOf(index, names().bridge)]).toEqual(["1450", "1450"]);
    }
  });

  test("the machines reach each other over both hosts, shaped, in packets as large as fit", async () => {
    expect(await ssh("10.126.0.1", "hostname; cat /sys/class/net/eth0/mtu")).toBe("cloud-0\n1450");
    // 1450 with the headers of IP and ICMP.
    const said = await ssh("10.126.0.1", "ping -q -M do -s 1422 -c 5 -i 0.2 10.126.128.1");
    expect(said).toContain("5 packets transmitted, 5 received");
    const [, average = "0"] = /= [\d.]+\/([\d.]+)\//.exec(said) ?? [];
    expect(Number(average)).toBeGreaterThan(38);
    await expect(ssh("10.126.0.1", "ping -q -M do -s 1423 -c 1 10.126.128.1")).rejects.toThrow();
  });

  test("links are verified less the way between the hosts, and clocks compared past the links' shaping", async () => {
    const testbed = (await stack.outputs()).testbed?.value as TestbedOutputs;
    const transport = sshTransport(testbed, join(stack.state, "stacks/lab"));
    const [link] = await verifyNetwork(transport, testbed, () => undefined);
    expect(link).toMatchObject({ from: "cloud-0", to: "endpoint-0", roundTrip: { wantedMs: 40 } });
    expectRoundTrip(link!.roundTrip);

    const reference = await referenceClock(transport, testbed, testbed.machines, { limitMs: patient(30_000) });
    expect(reference.machine?.name).toBe("cloud-0");
    const endpoint = async () => {
      const found = (await measureOffsets(transport, testbed.machines, reference)).get("endpoint-0");
      return found ?? { offsetMs: NaN, uncertaintyMs: NaN };
    };
    const started = Date.now();
    const before = await endpoint();
    const advance = "import time; time.clock_settime(time.CLOCK_REALTIME, time.time() + 3600)";
    await ssh("10.126.128.1", `python3 -c '${advance}'`);
    const after = await endpoint();
    const uncertainties = [before, after].map(({ uncertaintyMs }) => uncertaintyMs);
    process.stderr.write(`clocks between two hosts: ± ${uncertainties.map((one) => one.toFixed(2)).join(", ")} ms\n`);
    // Half of a round trip over the link would be its latency at least.
    expect(Math.max(...uncertainties)).toBeLessThan(20);
    // A machine that boots on a busy host may have a clock that runs twice as fast (docs/status.md).
    expect(Math.abs(after.offsetMs - before.offsetMs - 3_600_000)).toBeLessThan(2 * (Date.now() - started));
  });

  test("up again changes nothing, one machine more only adds it, and an overlay that others changed or lost is mended", async () => {
    expect(await stack.up(program(1))).toEqual({ ...none, same: 32 });
    // Two components, of the testbed and the tier, show the edit.
    expect(await stack.preview(program(2))).toEqual({ ...none, create: 6, update: 2, same: 30 });
    const flood = ["00:00:00:00:00:00", "dev", names().overlay.device, "dst"];
    lab.inHost(0, "bridge", "fdb", "append", ...flood, "192.0.2.77");
    lab.inHost(1, "bridge", "fdb", "del", ...flood, lab.hosts[0]?.address ?? "");
    expect(await stack.refresh()).toMatchObject({ update: 2 });
    expect(await stack.up(program(1))).toMatchObject({ update: 2, create: 0, replace: 0, delete: 0 });
    const peers = (index: number): string[] =>
      lab
        .inHost(index, "bridge", "fdb", "show", "dev", names().overlay.device)
        .split("\n")
        .filter((line) => line.startsWith("00:00:00:00:00:00"))
        .map((line) => /dst (\S+)/.exec(line)?.[1] ?? "");
    expect([peers(0), peers(1)]).toEqual([[lab.hosts[1]?.address], [lab.hosts[0]?.address]]);

    lab.inHost(0, "ip", "link", "delete", names().overlay.device);
    expect(await stack.refresh()).toMatchObject({ delete: 1 });
    expect(await stack.up(program(1))).toMatchObject({ create: 1, replace: 0, delete: 0 });
    expect(await ssh("10.126.0.1", "ping -q -c 1 -W 5 10.126.128.1")).toContain("1 received");
  });

  test("the artifact mirror of this machine is on each machine's own loop-back interface", async () => {
    const tunnels = { "cloud-0": "10.126.0.1", "endpoint-0": "10.126.128.1" };
    const { create, update } = await stack.up(() => {
      const testbed = new Testbed("lab", argsOf(1));
      const mirror = new Mirror("mirror", { stack: "lab" });
      for (const [machine, address] of Object.entries(tunnels)) {
        new Tunnel(`${machine}-mirror`, { stack: "lab", machine, address }, { dependsOn: [mirror, testbed] });
      }
      return Promise.resolve({ testbed: testbed.outputs });
    });
    expect([create, update]).toEqual([3, 0]);
    const ask =
      "from urllib.request import urlopen; print(*(urlopen('http://127.0.0.1:5000' + p).status for p in ('/v2/', '/files/')))";
    for (const address of Object.values(tunnels)) {
      expect(await ssh(address, `python3 -c "${ask}"`)).toBe("200 200");
      expect(tunnelProcesses({ stack: "lab", address, direction: "-R" }, /:5000:/)).not.toEqual([]);
    }
  });

  test("destroy leaves nothing", async () => {
    await stack.destroy();
    for (const address of ["10.126.0.1", "10.126.128.1"]) {
      expect(tunnelProcesses({ stack: "lab", address, direction: "-R" }, /:5000:/)).toEqual([]);
    }
    for (const [index, { daemon }] of lab.hosts.entries()) {
      expect(existsSync(poolOf(index))).toBe(false);
      expect(await daemon.virsh("qemu", "list", "--all", "--name")).toBe("");
      expect(await daemon.virsh("qemu", "net-list", "--all", "--name")).toBe("");
      const devices = lab.inHost(index, "ip", "-br", "link");
      expect([devices.includes(names().overlay.device), devices.includes(names().bridge)]).toEqual([false, false]);
    }
    expect(existsSync(join(stack.state, "stacks/lab"))).toBe(false);
  });
});
