// What can go wrong around a cluster, on real machines: three quarters of an hour of two cores, so it is not one of the checks
// (`npm run faults`). One testbed from its first, interrupted start to its destroy.
import { execa } from "execa";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { leftovers, project, Sandbox, summaryOf } from "../support/strata.ts";

const stack = "bench-cloud-tcg";
const minute = 60_000;
const before = leftovers();
const first = "1.34.4";
const next = "1.35.4";

let sandbox: Sandbox;

/** As `strata ssh` does it, from the moment on that the machine boots. */
async function onMachine(machine: string, command: string): Promise<string> {
  const ssh = ["-F", join(sandbox.state, "stacks", stack, "ssh_config"), machine, command];
  return (await execa("ssh", ssh, { stdin: "ignore", timeout: minute })).stdout.trim();
}

const kubectl = (words: string): Promise<string> =>
  onMachine("cloud-0", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`);

async function until(what: string, limitMs: number, look: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    if (await look().catch(() => false)) return;
    await setTimeout(1000);
  }
  throw new Error(`${what}: not within ${limitMs / 1000} s`);
}

/** What the stack's settings say of the testbed, over the file. */
async function set(settings: Record<string, string>): Promise<void> {
  const words = Object.entries(settings).flatMap(([path, text]) => ["--plaintext", `strata:testbed.${path}=${text}`]);
  await sandbox.succeed("pulumi", "config", "set-all", "--stack", stack, "--path", ...words);
}

const software = (version: string): Record<string, string> => ({
  ...{ "software[0].kind": "mqtt", "software[0].on": "cloud" },
  ...{ "software[1].kind": "kubernetes", "software[1].version": version },
});

const up = () => sandbox.succeed("strata", "up", stack, "--yes");

/** Starts an `up`, and when it gets there, presses Ctrl-C. @returns what it printed. */
async function interruptedUp(where: string, isThere: (output: string) => boolean | Promise<boolean>): Promise<string> {
  const child = execa(join(project, "strata"), ["up", stack, "--yes"], {
    ...{ cwd: project, env: sandbox.environment, stdin: "ignore", reject: false, all: true, detached: true },
  });
  let output = "";
  child.all.on("data", (piece: Buffer) => {
    output += piece.toString();
  });
  let ended = false as boolean;
  void child.then(() => (ended = true));
  try {
    await until(`an up that is at: ${where}`, 10 * minute, () => Promise.resolve(ended || isThere(output)));
    if (ended) throw new Error(`an up that was to be interrupted at ${where} has ended:\n${output.slice(-2000)}`);
  } finally {
    // To the whole group, as a terminal does it.
    if (!ended) process.kill(-(child.pid ?? 0), "SIGINT");
  }
  const { exitCode } = await child;
  expect(exitCode).not.toBe(0);
  return output;
}

async function nodes(): Promise<string[]> {
  const ready = '{.status.conditions[?(@.type=="Ready")].status}';
  const line = `{.metadata.name} ${ready} {.status.nodeInfo.kubeletVersion}{"\\n"}`;
  return (await kubectl(`get nodes --output 'jsonpath={range .items[*]}${line}{end}'`)).split("\n");
}

async function workerPods(): Promise<string[]> {
  const line = '{.spec.nodeName} {.status.phase}{"\\n"}';
  const pods = await kubectl(`get pods --namespace strata --output 'jsonpath={range .items[*]}${line}{end}'`);
  return pods.split("\n").sort();
}

beforeAll(async () => {
  sandbox = new Sandbox();
  await sandbox.succeed("strata", "setup", "--yes", "--kubernetes");
  await sandbox.run("pulumi", "stack", "init", stack);
  await set(software(first));
}, 60 * minute);
afterAll(() => sandbox.clean(stack), 5 * minute);

describe("a first up, interrupted in each phase", () => {
  test(
    "while machines boot",
    () => interruptedUp("boot", (text) => /Reachable cloud-0-reachable creating/.test(text)),
    10 * minute,
  );

  test(
    "while kubeadm makes the control plane",
    async () => {
      const halfWay = () => onMachine("cloud-0", "test -e /etc/kubernetes/manifests/etcd.yaml && echo yes");
      await interruptedUp("kubeadm init", async () => (await halfWay()) === "yes");
    },
    10 * minute,
  );

  test(
    "while a node joins, its clock a day ahead: that is set first",
    async () => {
      await onMachine("cloud-1", "date --set '+1 day'");
      const output = await interruptedUp("kubeadm join", async () => {
        return (await onMachine("cloud-1", "test -e /etc/kubernetes/kubelet.conf && echo yes")) === "yes";
      });
      expect(output).toMatch(/the clock of cloud-1 was .* of cloud-0's; it was set to that/);
      const { stdout } = await sandbox.succeed("strata", "ssh", stack, "cloud-1", "hostname");
      expect(stdout).toBe("cloud-1");
    },
    10 * minute,
  );

  test(
    "while the workers' pods start",
    () => interruptedUp("pods", (text) => /apps\/v1:Deployment \S+ creating/.test(text)),
    10 * minute,
  );

  test(
    "while services start",
    () => interruptedUp("services", (text) => /cloud-0-services creating/.test(text)),
    10 * minute,
  );

  test(
    "the next one ends with the whole testbed, and the one after changes nothing",
    async () => {
      await up();
      expect(await nodes()).toEqual([`cloud-0 True v${first}`, `cloud-1 True v${first}`]);
      expect(await workerPods()).toEqual(["cloud-1 Running"]);
      const { stdout } = await up();
      expect(Object.keys(summaryOf(stdout))).toEqual(["unchanged"]);
    },
    15 * minute,
  );
});

test(
  "the control plane's machine reboots: the cluster comes back, and an up finds no change",
  async () => {
    const boot = await onMachine("cloud-0", "cat /proc/sys/kernel/random/boot_id");
    await onMachine("cloud-0", "systemd-run --on-active=1 systemctl reboot");
    await until("cloud-0 to be back", 3 * minute, async () => {
      return (await onMachine("cloud-0", "cat /proc/sys/kernel/random/boot_id")) !== boot;
    });
    const ready = [`cloud-0 True v${first}`, `cloud-1 True v${first}`];
    await until(
      "both nodes to be ready",
      5 * minute,
      async () => JSON.stringify(await nodes()) === JSON.stringify(ready),
    );
    const { stdout } = await up();
    expect(Object.keys(summaryOf(stdout))).toEqual(["unchanged"]);
  },
  10 * minute,
);

test(
  "kubeconfig files deleted, the user's and the control plane's own: both are made again",
  async () => {
    const file = join(sandbox.state, "lab.kubeconfig");
    const save = () => sandbox.succeed("strata", "kubeconfig", stack, "--output", file);
    await save();
    const saved = readFileSync(file, "utf8");
    rmSync(file);
    await save();
    expect(readFileSync(file, "utf8")).toBe(saved);

    await onMachine("cloud-0", "rm /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf");
    await sandbox.succeed("pulumi", "refresh", "--stack", stack, "--yes");
    const { stdout } = await up();
    const { created, replaced, deleted } = summaryOf(stdout);
    expect({ created, replaced, deleted }).toEqual({ created: 1, replaced: undefined, deleted: undefined });
    expect(await nodes()).toEqual([`cloud-0 True v${first}`, `cloud-1 True v${first}`]);
    await save();
    expect(readFileSync(file, "utf8")).not.toBe(saved);
    expect(Object.keys(summaryOf((await up()).stdout))).toEqual(["unchanged"]);
  },
  10 * minute,
);

test(
  "an upgrade to the next minor version, in which the mirror ends: refused, and then completed in place",
  async () => {
    const boots = () =>
      Promise.all(["cloud-0", "cloud-1"].map((m) => onMachine(m, "cat /proc/sys/kernel/random/boot_id")));
    const booted = await boots();
    await set(software(next));
    const update = sandbox.run("strata", "up", stack, "--yes");
    // Its kubeadm is the new one; kubectl, the control plane's images and the kubelet come after it.
    const fetched = async () => (await onMachine("cloud-0", "kubeadm version --output short")) === `v${next}`;
    await until("the upgrade to fetch programs", 5 * minute, fetched);
    for (const pid of await mirrors()) process.kill(pid, "SIGKILL");
    const killed = Date.now();
    const { exitCode, all } = await update;
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/kubernetes\/1\.35\.4/);
    // The worker, whose turn comes after the control plane's, does not wait for it any more.
    expect(all).toContain("cloud-1 was not changed, because cloud-0 failed");
    expect(Date.now() - killed).toBeLessThan(5 * minute);
    await up();
    expect(await nodes()).toEqual([`cloud-0 True v${next}`, `cloud-1 True v${next}`]);
    expect(await boots()).toEqual(booted);
    await until("the worker's pod to run", 3 * minute, async () => (await workerPods()).includes("cloud-1 Running"));
  },
  30 * minute,
);

/** Processes that serve this sandbox's mirror. */
async function mirrors(): Promise<number[]> {
  const { stdout } = await execa("ps", ["-eo", "pid=,args="]);
  return stdout
    .split("\n")
    .filter((line) => line.includes("artifacts/serve/main.ts") && !line.includes("ps -eo"))
    .map((line) => Number.parseInt(line, 10));
}

test(
  "a worker more: only what is its own is made, and the cluster's pods run on both",
  async () => {
    await set({ "tiers.cloud.count": "3" });
    const { stdout } = await up();
    expect(summaryOf(stdout).replaced).toBeUndefined();
    expect(await nodes()).toEqual(["cloud-0", "cloud-1", "cloud-2"].map((name) => `${name} True v${next}`));
    expect(await workerPods()).toEqual(["cloud-1 Running", "cloud-2 Running"]);
  },
  15 * minute,
);

test(
  "a worker less: its node is drained and gone, nothing else is touched",
  async () => {
    await set({ "tiers.cloud.count": "2" });
    await up();
    const { all } = await sandbox.run("strata", "ssh", stack, "cloud-2");
    expect(all).toContain(`testbed ${stack} has no machine cloud-2; it has cloud-0, cloud-1`);
    expect(await nodes()).toEqual([`cloud-0 True v${next}`, `cloud-1 True v${next}`]);
    expect(await workerPods()).toEqual(["cloud-1 Running"]);
  },
  10 * minute,
);

test(
  "a hundred simulated nodes beside the real ones",
  async () => {
    await set({ ...software(next), "software[1].simulatedNodes": "100" });
    await up();
    await until("102 nodes to be ready", 5 * minute, async () => {
      return (await nodes()).filter((node) => / True /.test(node)).length === 102;
    });
    await set({ ...software(next), "software[1].simulatedNodes": "0" });
    await up();
    expect(await nodes()).toEqual([`cloud-0 True v${next}`, `cloud-1 True v${next}`]);
  },
  20 * minute,
);

test(
  "destroy leaves nothing behind",
  async () => {
    await sandbox.succeed("strata", "destroy", stack, "--yes");
    expect(leftovers().filter((line) => !before.includes(line))).toEqual([]);
  },
  5 * minute,
);
