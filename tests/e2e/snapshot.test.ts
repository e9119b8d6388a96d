// A testbed that is saved with its machines' memory, and comes back: where it is, after a destroy, after kills, or not at all.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostProblem } from "../support/hostProblem.ts";
import { describeUnless } from "../support/describeUnless.ts";
import { ownProcesses } from "../support/kills.ts";
import { signalAll } from "../support/killProcesses.ts";
import { processesOf } from "../support/leftovers.ts";
import { Sandbox, summaryOf } from "../support/strata.ts";
import { lastObservations } from "../support/workload/lastObservations.ts";
import { until } from "../support/until.ts";

const stack = "kept";
const machines = ["edge-0", "endpoint-0"];
const benchmark = "{ workload: empty, worker: edge, sleep: 100 ms, repetitions: { count: 2, from: snapshot } }";

describeUnless(hostProblem(), "a testbed that is saved", () => {
  let sandbox: Sandbox;
  const strata = (...args: string[]) => sandbox.succeed("strata", ...args);
  const ssh = async (machine: string, command: string): Promise<string> =>
    (await strata("ssh", stack, machine, command)).stdout.trim();
  const folder = (...path: string[]): string => join(sandbox.state, "snapshots", stack, ...path);
  const write = (more = ""): void => {
    const tiers =
      "tiers:\n  edge: { count: 1, cpus: 1, memory: 512 MiB }\n  endpoint: { count: 1, cpus: 1, memory: 512 MiB }\n";
    // No broker: what runs on machines must do without the passwords that one brings.
    const rest = `links:\n  edge-endpoint: { latency: "20 ms" }\nbenchmark: ${benchmark}\n`;
    writeFileSync(join(sandbox.project, `stacks/${stack}.yaml`), `${tiers}${rest}${more}`);
  };
  const emulators = (): string[] => processesOf(sandbox.state).filter((line) => /qemu-system\S* .*guest=/.test(line));
  /** What a machine keeps in its memory alone: it is another after a boot, and in a process that was started anew. */
  const memory = (machine: string): Promise<string> =>
    ssh(machine, "cat /proc/sys/kernel/random/boot_id; systemctl show --property MainPID ssh; cat /run/memory");
  const unchanged = async (): Promise<void> => {
    const { all } = await strata("up", stack, "--yes");
    expect(Object.keys(summaryOf(all))).toEqual(["unchanged"]);
  };

  beforeAll(async () => {
    sandbox = new Sandbox();
    write();
    await strata("setup", "--yes");
    await strata("up", stack, "--yes");
    for (const machine of machines) await ssh(machine, `echo before-${machine} > /run/memory`);
  });
  afterAll(() => sandbox.clean());

  test("it goes on while it is saved, and comes back as it was, with the present time and random numbers of its own", async () => {
    const before = await Promise.all(machines.map(memory));
    await strata("snapshot", "save", stack, "first");
    expect(await Promise.all(machines.map(memory))).toEqual(before);

    for (const machine of machines) await ssh(machine, "echo after > /run/memory; echo after > /root/disk; sync");
    const drawn: string[] = [];
    for (let time = 0; time < 2; time += 1) {
      await strata("snapshot", "restore", stack, "first", "--yes");
      drawn.push(await ssh("edge-0", "head -c 16 /dev/urandom | md5sum"));
    }
    expect(new Set(drawn).size).toBe(2);
    expect(await Promise.all(machines.map(memory))).toEqual(before);
    expect(await ssh("endpoint-0", "ls /root/disk 2>&1 || true")).toMatch(/No such file/);
    const begun = Date.now() / 1000;
    const said = Number(await ssh("endpoint-0", "date +%s.%N"));
    expect(said).toBeGreaterThan(begun - 1);
    expect(said).toBeLessThan(Date.now() / 1000 + 1);
    await unchanged();
    // Its queues are in its kernel's memory.
    expect(await ssh("endpoint-0", "tc qdisc show dev eth0")).toMatch(/delay 20ms/);
  });

  test("each repetition of a benchmark starts from one state, of which nothing is left", async () => {
    const before = await Promise.all(machines.map(memory));
    const { stdout } = await strata("bench", stack, "--no-verify");
    expect(stdout).toMatch(/save the testbed, from which each repetition starts[^]*bring the testbed back/);
    expect(stdout).toMatch(/^Completed: 4 of 4 /m);
    const { benchmark: run, spread } = await lastObservations(sandbox, stack);
    expect(run).toMatchObject({ repetitions: 2, startFrom: "snapshot" });
    expect(spread?.metrics.launch).toMatchObject({ repetitions: 2 });
    expect(await Promise.all(machines.map(memory))).toEqual(before);
    expect(readdirSync(folder())).toEqual(["first"]);
    const other = await strata("bench", stack, "--no-verify", "--from", "carry-on");
    expect(other.stdout).toMatch(/mean +sd carrying on +sd from one saved state: \d{8}T\d{6}/);
  });

  test("only its owner may read it, and it is listed", async () => {
    const files = readdirSync(folder("first"), { recursive: true, withFileTypes: true });
    const open = files.filter((entry) => {
      const { mode, uid } = statSync(join(entry.parentPath, entry.name));
      return uid !== process.getuid?.() || (entry.isFile() && (mode & 0o077) !== 0);
    });
    expect(open.map(({ name }) => name).filter((name) => name !== "phases.jsonl")).toEqual([]);
    expect(statSync(folder("first")).mode & 0o077).toBe(0);
    const [listed] = JSON.parse((await strata("snapshot", "list", "--json")).stdout) as object[];
    expect(listed).toMatchObject({
      stack,
      name: "first",
      automatic: false,
      machines: expect.arrayContaining(machines) as unknown,
    });
    expect((await strata("snapshot", "show", stack, "first")).stdout).toMatch(/^machines .*edge-0/m);
  });

  test("machines whose save is killed go on where they were with the next command", async () => {
    const before = await Promise.all(machines.map(memory));
    const killed = sandbox.startGroup("strata", "snapshot", "save", stack, "second");
    await until("a machine to have been stopped for it", 10 * 60_000, () => emulators().length < machines.length, 20);
    signalAll(ownProcesses(sandbox), "SIGKILL");
    await killed;
    await unchanged();
    expect(await Promise.all(machines.map(memory))).toEqual(before);
    expect(readdirSync(folder())).toEqual(["first"]);
  });

  test("one that is killed while it comes back is brought back by the next command", async () => {
    const before = await Promise.all(machines.map(memory));
    const killed = sandbox.startGroup("strata", "snapshot", "restore", stack, "first", "--yes");
    await until("its machines to have been switched off", 10 * 60_000, () => emulators().length < machines.length, 20);
    signalAll(ownProcesses(sandbox), "SIGKILL");
    await killed;
    const { all } = await strata("up", stack, "--yes");
    expect(all).toMatch(/a killed run was bringing kept back from snapshot first/);
    expect(await Promise.all(machines.map(memory))).toEqual(before);
  });

  /** Spoils a snapshot's file for as long as something is tried with it. */
  const spoilt = async (file: string, change: (text: Buffer) => Buffer, work: () => Promise<void>): Promise<void> => {
    const content = readFileSync(file);
    writeFileSync(file, change(content));
    await work();
    writeFileSync(file, content);
  };
  const edited = (from: RegExp, to: string) => (text: Buffer) => Buffer.from(text.toString().replace(from, to));
  const flipped = (content: Buffer): Buffer => {
    const copy = Buffer.from(content);
    copy[copy.length >> 1]! ^= 1;
    return copy;
  };

  test.each([
    [
      "a bit of its memory is another",
      "machines/edge-0/memory.zst",
      flipped,
      /edge-0: memory\.zst is not what was saved/,
    ],
    [
      "its disk is cut off",
      "machines/edge-0/disk.qcow2",
      (it: Buffer) => it.subarray(0, 1000),
      /disk\.qcow2 is not what/,
    ],
    [
      "QEMU was another",
      "machines/edge-0/saved.json",
      edited(/"qemu": "[^"]*"/, '"qemu": "1.0.0"'),
      /qemu was 1\.0\.0, is/,
    ],
    [
      "it is another checkout's",
      "snapshot.json",
      edited(/"origin": "[^"]*"/, '"origin": "0badcafe"'),
      /another checkout/,
    ],
    [
      "the engine's state is another",
      "state.json",
      edited(/"version": 3/, '"version":  3'),
      /state\.json\) is not what/,
    ],
  ])("where %s that is said, and nothing is touched", async (_what, file, change, reason) => {
    const before = await Promise.all(machines.map(memory));
    await spoilt(folder("first", file), change, async () => {
      const { exitCode, all } = await sandbox.run("strata", "snapshot", "restore", stack, "first", "--yes");
      expect([exitCode, all]).toEqual([1, expect.stringMatching(reason)]);
    });
    expect(await Promise.all(machines.map(memory))).toEqual(before);
    await unchanged();
  });

  test("after a destroy all of it comes back; where it can't, nothing is made", async () => {
    const before = await Promise.all(machines.map(memory));
    await strata("destroy", stack, "--yes");
    expect(sandbox.leftovers()).toEqual([]);
    await spoilt(folder("first", "machines/edge-0/memory.zst"), flipped, async () => {
      expect((await sandbox.run("strata", "snapshot", "restore", stack, "first", "--yes")).exitCode).toBe(1);
    });
    expect(sandbox.leftovers()).toEqual([]);
    expect((await strata("list")).stdout).toMatch(/^kept: not built$/m);
    await strata("snapshot", "restore", stack, "first", "--yes");
    expect(await Promise.all(machines.map(memory))).toEqual(before);
    await unchanged();
    await strata("snapshot", "remove", stack, "first");
    expect(readdirSync(folder())).toEqual([]);
  });

  test("prepared: testbed: up saves what it has built, brings it back after a destroy, and builds it where that can't be", async () => {
    write("prepared: testbed\n");
    await strata("up", stack, "--yes");
    const [name = ""] = readdirSync(folder());
    expect(name).toMatch(/^prepared-[0-9a-f]{16}$/);
    const before = await Promise.all(machines.map(memory));
    await strata("destroy", stack, "--yes");
    expect((await strata("preview", stack)).all).toMatch(/up brings it back from snapshot prepared-/);
    await unchanged();
    expect(await Promise.all(machines.map(memory))).toEqual(before);

    await strata("destroy", stack, "--yes");
    rmSync(folder(name, "machines/edge-0/memory.zst"));
    const { all } = await strata("up", stack, "--yes");
    expect(all).toMatch(/kept is built anew, as it can't be brought back: .*memory\.zst is missing/);
    expect(summaryOf(all)).toHaveProperty("created");
    await strata("destroy", stack, "--yes");
    expect(sandbox.leftovers()).toEqual([]);
  });
});
