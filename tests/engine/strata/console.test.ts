import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedHost } from "../../../local/embeddedHost.ts";
import { hostStatus, openHost, stopHost } from "../../../providers/strata/host/host.ts";
import { consoleTail } from "../../../providers/strata/net/consoleTail.ts";
import { printingImage } from "../../support/bootSector.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { hostProblem } from "../../support/hostProblem.ts";
import { until } from "../../support/until.ts";

const sizes = (...files: string[]): number[] =>
  files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);

function consoleTests(): void {
  const state = mkdtempSync(join(tmpdir(), "console-"));
  const virsh = (...args: string[]) =>
    execFileSync("virsh", ["-q", "-c", embeddedHost().uri, ...args], { encoding: "utf8" }).trim();

  beforeAll(async () => {
    process.env.STRATA_STATE = state;
    await openHost("lab");
  });
  afterAll(async () => {
    await stopHost();
    rmSync(state, { recursive: true });
  });

  test("a machine that prints without end fills no file beyond its bound, and its last lines are shown", async () => {
    const log = join(embeddedHost().runDirectory, "console/lab-cloud-0-console.log");
    // Where a stack's disks are, which QEMU's user is given.
    const pool = join(embeddedHost().dataDirectory, "lab");
    mkdirSync(pool, { mode: 0o711 });
    const disk = join(pool, "disk.img");
    writeFileSync(disk, printingImage());
    const file = join(state, "domain.xml");
    // As the libvirt plugin writes a machine's serial console.
    writeFileSync(
      file,
      `<domain type='qemu'><name>lab-cloud-0</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
      <os><type arch='x86_64' machine='q35'>hvm</type></os>
      <devices><disk type='file'><driver name='qemu' type='raw'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>
      <serial type='pty'><log file='${log}'/><target port='0'/></serial></devices></domain>`,
    );
    virsh("create", file);
    let largest = 0;
    let turns = 0;
    let before = Number.POSITIVE_INFINITY;
    // Until it has been full, and begun again, three times.
    await until(
      "the console to be full three times",
      120_000,
      () => {
        const [now = 0, old = 0] = sizes(log, `${log}.0`);
        largest = Math.max(largest, now, old);
        if (now < before) turns++;
        before = now;
        return turns > 3;
      },
      20,
    );
    expect(largest).toBeLessThanOrEqual(256 * 1024);
    expect(existsSync(`${log}.1`)).toBe(false);
    virsh("suspend", "lab-cloud-0");
    for (const [name, lines] of Object.entries({ one: 1, many: 40 })) {
      const shown = (await consoleTail(log, lines)).split("\n");
      expect([name, shown.length]).toEqual([name, lines]);
      expect(shown.slice(0, -1).every((line) => line === "ABCDEFGHIJKLMNOPQRSTUVWXYZ")).toBe(true);
    }
    virsh("destroy", "lab-cloud-0");
  });

  test("what the daemons log is bounded, whatever makes them log", async () => {
    const log = join(embeddedHost().runDirectory, "libvirtd.log");
    expect(readFileSync(log, "utf8")).toContain("libvirt version");
    const line = `${"x".repeat(199)}\n`;
    for (let round = 0; round < 40; round++) writeFileSync(`${log}.pipe`, line.repeat(300), { flag: "a" });
    writeFileSync(`${log}.pipe`, "the last line\n", { flag: "a" });
    await until("the last line to be logged", 30_000, () => readFileSync(log, "utf8").endsWith("the last line\n"), 20);
    expect(Math.max(...sizes(log, `${log}.0`))).toBeLessThanOrEqual(512 * 1024);
    expect(sizes(`${log}.0`)[0]).toBeGreaterThan(0);
  });

  test("a host whose console daemon has died is not taken for whole, and mended", async () => {
    const pidFile = join(embeddedHost().runDirectory, "virtlogd.pid");
    process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
    await until("it to be seen", 10_000, async () => (await hostStatus()).state === "dead", 20);
    await openHost("lab");
    virsh("create", join(state, "domain.xml"));
    expect((await hostStatus()).state).toBe("running");
  });
}

describeUnless(hostProblem(), "consoles of the embedded host", consoleTests);
