// A cluster whose nodes are on two hosts, reached by ssh over IPv6, and a benchmark on it: half an hour of two cores
// (`npm run faults`). Its version is the oldest, so that machines fetch all of it from the mirror, by their tunnels.
import { BenchCloud, readyNodes } from "../support/benchCloud.ts";
import { lastReport } from "../support/workload/lastReport.ts";
import { ipv6, SshHosts } from "../support/sshHosts.ts";
import { Sandbox, summaryOf } from "../support/strata.ts";

const oldest = "1.33.13";
const next = "1.34.4";

let sandbox: Sandbox;
let cloud: BenchCloud;
let lab: SshHosts;

beforeAll(async () => {
  sandbox = new Sandbox();
  cloud = new BenchCloud(sandbox);
  await sandbox.succeed("strata", "setup", "--yes", "--kubernetes");
  for (const version of [oldest, next]) await sandbox.succeed("strata", "mirror", "pull", "--kubernetes", version);
  lab = await SshHosts.start(2, ipv6());
  await sandbox.succeed("pulumi", "stack", "init", cloud.stack);
  const [one = "", other = ""] = lab.hosts.map(({ uri }) => uri);
  await cloud.set({ "provider.kind": "libvirt", "provider.hosts[0]": one, "provider.hosts[1]": other });
  await cloud.setCluster({ version: oldest });
});

afterAll(async () => {
  await sandbox.clean();
  await lab.stop();
});

test("up: a node on each host, a worker's pod running, and then nothing to change", async () => {
  await sandbox.succeed("strata", "up", cloud.stack, "--yes");
  expect(await cloud.nodes()).toEqual(readyNodes(2, oldest));
  expect(await cloud.workerPods()).toEqual(["cloud-1 Running"]);
  const domains = await Promise.all(lab.hosts.map(({ daemon }) => daemon.virsh("qemu", "list", "--name")));
  expect(domains.map((names) => names.includes(`${cloud.stack}-cloud-`))).toEqual([true, true]);
  const { stdout } = await sandbox.succeed("strata", "up", cloud.stack, "--yes");
  expect(Object.keys(summaryOf(stdout))).toEqual(["unchanged"]);
});

test("pods talk across the hosts in packets of the overlay's size", async () => {
  // Flannel's own 50 bytes come off the 1430 of the machines' network.
  const mtu = (machine: string) => cloud.onMachine(machine, "cat /sys/class/net/flannel.1/mtu");
  expect(await Promise.all(["cloud-0", "cloud-1"].map(mtu))).toEqual(["1380", "1380"]);
  const pod = "get pods --namespace strata --output jsonpath={.items[0].status.podIP}";
  const ping = `ping -q -M do -s 1352 -c 5 ${await cloud.kubectl(pod)}`;
  expect(await cloud.onMachine("cloud-0", ping)).toContain("5 received");
});

test("the benchmark measures on the pods", async () => {
  const { exitCode, all } = await sandbox.run("strata", "bench", cloud.stack);
  // 3: not sustained, 5: a link was off. Emulated machines on a busy host may be so, and then the run must say it.
  if (![0, 3, 5].includes(exitCode ?? -1)) throw new Error(all.slice(-6000));
  const report = lastReport(sandbox, cloud.stack);
  expect(report.kubernetes?.pods.map(({ node }) => node)).toEqual(["cloud-1"]);
  expect(report.accuracy.right / report.accuracy.known).toBeGreaterThanOrEqual(0.8);
  process.stderr.write(`benchmark on two hosts: exit status ${exitCode}\n`);
});

test("an upgrade to the next minor version, in place", async () => {
  const boots = () => Promise.all(["cloud-0", "cloud-1"].map((name) => cloud.boot(name)));
  const booted = await boots();
  await cloud.setCluster({ version: next });
  await sandbox.succeed("strata", "up", cloud.stack, "--yes");
  expect(await cloud.nodes()).toEqual(readyNodes(2, next));
  expect(await cloud.workerPods()).toEqual(["cloud-1 Running"]);
  expect(await boots()).toEqual(booted);
});

test("destroy leaves nothing behind on either host", async () => {
  await sandbox.succeed("strata", "destroy", cloud.stack, "--yes");
  for (const { daemon } of lab.hosts) expect(await daemon.virsh("qemu", "list", "--all", "--name")).toBe("");
  await lab.stop();
  expect(sandbox.leftovers()).toEqual([]);
});
