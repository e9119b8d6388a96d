// Machines that start as copies of one that was saved with its memory: each is its own, and where that can't be they boot.
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { processesOf } from "../support/leftovers.ts";
import { hostProblem } from "../support/hostProblem.ts";
import { describeUnless } from "../support/describeUnless.ts";
import { ownProcesses } from "../support/kills.ts";
import { signalAll } from "../support/killProcesses.ts";
import { until } from "../support/until.ts";
import { Sandbox } from "../support/strata.ts";

const stack = "copies";
const count = 8;

/** What must not be the same in two machines, a word each; and what the machine is called. */
const identity = [
  "hostname",
  "cat /etc/machine-id",
  "cat /proc/sys/kernel/random/boot_id",
  "cat /sys/class/dmi/id/product_uuid",
  "cat /sys/class/net/eth0/address",
  "cut -d ' ' -f 2 /etc/ssh/ssh_host_ed25519_key.pub",
  "ip -4 -o address show dev eth0 | awk '{ print $4 }'",
  "cat /proc/sys/kernel/random/uuid",
  "head -c 16 /dev/urandom | md5sum | cut -c 1-32",
].join("; ");

describeUnless(hostProblem(), "machines that are copies", () => {
  // What is prepared is spoilt here: it is kept apart, the rest of the cache is this machine's.
  const cache = mkdtempSync(join(tmpdir(), "strata-cache-"));
  const prepared = join(cache, "prepared");
  const sandbox = new Sandbox({ environment: { STRATA_CACHE: cache } });
  const ssh = async (machine: string, command: string): Promise<string> =>
    (await sandbox.succeed("strata", "ssh", stack, machine, command)).stdout.trim();
  const machines = (how: number): string[] => Array.from({ length: how }, (_, index) => `endpoint-${index}`);
  const write = (how: number): void => {
    writeFileSync(
      join(sandbox.project, `stacks/${stack}.yaml`),
      `tiers:\n  endpoint: { count: ${how}, cpus: 1, memory: 512 MiB }\n`,
    );
  };
  /** Whether a machine runs on the memory of another: its kernel came up under another boot id than it shows. */
  const isCopy = async (machine: string): Promise<boolean> =>
    (await ssh(machine, "[ -e /run/strata-boot_id ] && echo copy || echo booted")) === "copy";

  beforeAll(async () => {
    for (const name of readdirSync(cacheDirectory())) {
      if (name !== "prepared") symlinkSync(join(cacheDirectory(), name), join(cache, name));
    }
    await sandbox.succeed("strata", "setup", "--yes");
  });
  afterAll(async () => {
    await sandbox.clean();
    rmSync(cache, { recursive: true });
  });

  test("eight copies of one machine are eight machines", async () => {
    write(count);
    const { all: preview } = await sandbox.succeed("strata", "preview", stack);
    expect(preview).toMatch(/\+ endpoint-7 {2}from prepared machine [0-9a-f]{8}/);
    const { all } = await sandbox.succeed("strata", "up", stack, "--yes");
    expect(all).not.toMatch(/is booted, as/);
    expect(readdirSync(prepared)).toHaveLength(1);

    const said = await Promise.all(machines(count).map(async (machine) => (await ssh(machine, identity)).split(/\s+/)));
    const words = identity.split("; ").length;
    expect(said.map(({ length }) => length)).toEqual(said.map(() => words));
    for (let word = 0; word < words; word += 1) {
      expect(new Set(said.map((one) => one[word])).size).toBe(count);
    }
    expect(said.map(([name]) => name)).toEqual(machines(count));
    expect(await Promise.all(machines(count).map(isCopy))).toEqual(machines(count).map(() => true));
    for (const state of await Promise.all(machines(2).map((machine) => ssh(machine, "systemctl is-system-running")))) {
      expect(state).toBe("running");
    }
  });

  test("a copy's clock is the host's, and its log its own", async () => {
    const before = Date.now() / 1000;
    const seconds = Number(await ssh("endpoint-0", "date +%s.%N"));
    const after = Date.now() / 1000;
    // An emulated machine's clock runs by the host's; a second is far below the time since it was saved.
    expect(seconds).toBeGreaterThan(before - 1);
    expect(seconds).toBeLessThan(after + 1);
    expect(await ssh("endpoint-1", "journalctl --boot --quiet --output short --unit ssh | tail -n 1")).toContain(
      "endpoint-1",
    );
  });

  test("a copy that reboots is the machine that it was", async () => {
    const facts = "hostname; cat /etc/machine-id; cat /sys/class/net/eth0/address";
    const was = await ssh("endpoint-2", facts);
    await sandbox.run("strata", "ssh", stack, "endpoint-2", "systemctl reboot");
    await until("endpoint-2 to have booted", 10 * 60_000, async () => {
      const { exitCode, stdout } = await sandbox.run(
        "strata",
        "ssh",
        stack,
        "endpoint-2",
        "ls -d /run/strata-boot_id || echo booted",
      );
      return exitCode === 0 && stdout.includes("booted");
    });
    expect(await ssh("endpoint-2", facts)).toBe(was);
    const { all } = await sandbox.succeed("strata", "up", stack, "--yes");
    expect(all).toMatch(/unchanged/);
    await sandbox.succeed("strata", "destroy", stack, "--yes");
  });

  test("memory that no machine can be started with is said, and the machines boot", async () => {
    write(2);
    const [entry = ""] = readdirSync(prepared);
    const directory = join(prepared, entry);
    // As it was saved by what its record says, and nothing that QEMU understands.
    const memory = zstdCompressSync(Buffer.alloc(1_000_000, "no memory"));
    writeFileSync(join(directory, "memory.zst"), memory);
    const file = join(directory, "saved.json");
    const record = JSON.parse(readFileSync(file, "utf8")) as { memory: object };
    const sha256 = createHash("sha256").update(memory).digest("hex");
    Object.assign(record.memory, { sha256, bytes: memory.length, streamBytes: 1_000_000 });
    writeFileSync(file, JSON.stringify(record));

    const { all } = await sandbox.succeed("strata", "up", stack, "--yes");
    expect(all).toMatch(/endpoint-0@?\S* is booted, as it can't start from a prepared machine: /);
    expect(await Promise.all(machines(2).map(isCopy))).toEqual([false, false]);
    expect(await ssh("endpoint-1", "hostname")).toBe("endpoint-1");
    await sandbox.succeed("strata", "destroy", stack, "--yes");
  });

  test("what was saved by another QEMU is made anew, and an up that is killed meanwhile leaves nothing that is in the way", async () => {
    const [entry = ""] = readdirSync(prepared);
    const file = join(prepared, entry, "saved.json");
    const record = JSON.parse(readFileSync(file, "utf8")) as { fingerprint: { qemu: string } };
    record.fingerprint.qemu = "1.0.0";
    writeFileSync(file, JSON.stringify(record));

    const killed = sandbox.startGroup("strata", "up", stack, "--yes");
    await until(
      "the machine to be prepared",
      10 * 60_000,
      () => processesOf(sandbox.state).some((line) => /guest=[^,]*\.prepared-/.test(line)),
      100,
    );
    // The engine and its plugins, too, which go on by themselves otherwise.
    signalAll(ownProcesses(sandbox), "SIGKILL");
    await killed;
    const { all } = await sandbox.succeed("strata", "up", stack, "--yes");
    expect(all).toMatch(/prepared anew, .*: qemu was 1\.0\.0, is \d/);
    expect(all).not.toMatch(/is booted, as/);
    expect(await Promise.all(machines(2).map(isCopy))).toEqual([true, true]);
    expect(processesOf(sandbox.state).filter((line) => /guest=[^,]*\.prepared-/.test(line))).toEqual([]);
    await sandbox.succeed("strata", "destroy", stack, "--yes");
    expect(sandbox.leftovers()).toEqual([]);
  });
});
