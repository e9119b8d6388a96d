import { jest } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedHost } from "../../../providers/kit/embeddedHost.ts";
import { closeHost, ensureHost, hostStatus, openHost, stopHost } from "../../../providers/strata/host/host.ts";
import { hostProblem } from "../../support/hostProblem.ts";

jest.setTimeout(120_000);

function embeddedHostTests(): void {
  const state = mkdtempSync(join(tmpdir(), "host-"));
  const virsh = (...args: string[]) =>
    execFileSync("virsh", ["-q", "-c", embeddedHost().uri, ...args], { encoding: "utf8" }).trim();

  beforeAll(() => {
    process.env.STRATA_STATE = state;
  });

  afterAll(async () => {
    await stopHost();
    rmSync(state, { recursive: true });
  });

  test("two stacks that start at once share one daemon, which outlives the first of them", async () => {
    expect(await hostStatus()).toMatchObject({ state: "absent", leases: [] });
    await Promise.all([openHost("one"), openHost("two")]);
    const { state: is, pid, leases } = await hostStatus();
    expect([is, leases]).toEqual(["running", ["one", "two"]]);
    await closeHost("one");
    expect(await hostStatus()).toMatchObject({ state: "running", pid, leases: ["two"] });
  });

  test("its networks are in its own namespace", () => {
    const file = join(state, "network.xml");
    writeFileSync(
      file,
      "<network><name>n</name><dns enable='no'/><bridge name='strata-test0' stp='off'/>" +
        "<ip address='10.126.255.254' netmask='255.255.0.0'/></network>",
    );
    virsh("net-create", file);
    const inside = execFileSync("ip", ["-n", embeddedHost().namespace, "-br", "address"], { encoding: "utf8" });
    expect(inside).toMatch(/^strata-test0 .*10\.126\.255\.254\/16/m);
    expect(execFileSync("ip", ["-br", "link"], { encoding: "utf8" })).not.toContain("strata-test0");
  });

  test("a machine goes on while the daemon is dead, and belongs to the next one", async () => {
    // A boot sector that jumps to itself: a machine without an operating system.
    const disk = join(state, "disk.img");
    writeFileSync(disk, Buffer.concat([Buffer.from([0xeb, 0xfe]), Buffer.alloc(508), Buffer.from([0x55, 0xaa])]));
    const file = join(state, "domain.xml");
    writeFileSync(
      file,
      `<domain type='qemu'><name>spin</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
      <os><type arch='x86_64' machine='q35'>hvm</type></os>
      <devices><disk type='file'><driver name='qemu' type='raw'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>
      <interface type='network'><source network='n'/></interface></devices></domain>`,
    );
    virsh("create", file);
    const { pid } = await hostStatus();
    process.kill(pid ?? 0, "SIGKILL");
    while ((await hostStatus()).state === "running") await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await hostStatus()).toMatchObject({ state: "dead", leases: ["two"] });

    expect(await ensureHost()).toMatchObject({ state: "running", leases: ["two"] });
    expect(virsh("list", "--name")).toBe("spin");
    expect(virsh("net-list", "--name")).toBe("n");
  });

  test("the last stack's end leaves nothing, machines included", async () => {
    const { namespace, runDirectory, dataDirectory } = embeddedHost();
    const inside = execFileSync("ip", ["netns", "pids", namespace], { encoding: "utf8" }).trim().split("\n");
    expect(inside.length).toBe(2);
    await closeHost("two");
    expect(inside.map((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([false, false]);
    expect([`/run/netns/${namespace}`, runDirectory, dataDirectory].map((path) => existsSync(path))).toEqual([
      false,
      false,
      false,
    ]);
    expect(await hostStatus()).toMatchObject({ state: "absent", leases: [] });
  });
}

const problem = hostProblem();
if (problem !== undefined) {
  test("the embedded host can't be tested here", () => {
    process.stderr.write(`the embedded host was not tested: ${problem}\n`);
  });
} else describe("the embedded host", embeddedHostTests);
