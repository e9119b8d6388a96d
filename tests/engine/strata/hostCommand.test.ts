import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostReport } from "../../../cli/host.ts";
import { eventSchema } from "../../../events/event.ts";
import { embeddedHost } from "../../../local/embeddedHost.ts";
import { spinningImage } from "../../support/bootSector.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { hostProblem } from "../../support/hostProblem.ts";
import { patient } from "../../support/patience.ts";

const main = join(import.meta.dirname, "../../../cli/main.ts");

const problem = hostProblem();
describeUnless(problem, "strata host", () => {
  const state = mkdtempSync(join(tmpdir(), "host-"));
  const strata = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, "host", ...args], {
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "--disable-warning=ExperimentalWarning", STRATA_STATE: state },
      timeout: patient(120_000),
    });
    return { status, stdout, stderr };
  };
  const ofEvents = (lines: string) =>
    lines
      .trimEnd()
      .split("\n")
      .map((line) => eventSchema.parse(JSON.parse(line)));
  const report = (): HostReport => JSON.parse(strata("status", "--json").stdout) as HostReport;
  const virsh = (...args: string[]): void => {
    const { status, stderr } = spawnSync("virsh", ["-q", "-c", embeddedHost().uri, ...args], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  };

  beforeAll(() => {
    process.env.STRATA_STATE = state;
  });
  afterAll(() => {
    strata("down", "--force");
    rmSync(state, { recursive: true });
  });

  test("is one command up, and goes on when that has ended", () => {
    expect(strata("status").stdout).toBe("embedded host  not there; the first testbed starts it\n");
    expect(ofEvents(strata("up", "--events").stdout)).toMatchObject([
      { kind: "started", command: "host up" },
      { kind: "ended", outcome: "done", exitStatus: 0 },
    ]);
    const { state: is, pid, socket, namespace, memoryMiB, stacks, others } = report();
    expect([is, stacks, others, socket, namespace]).toEqual([
      ...["running", [], []],
      ...[embeddedHost().socket, embeddedHost().namespace],
    ]);
    expect(existsSync(`/proc/${String(pid)}/exe`)).toBe(true);
    expect(memoryMiB).toBeGreaterThan(5);
  });

  test("names the machines of a stack, and is not taken down while they are there", () => {
    mkdirSync(join(state, "host/leases"), { recursive: true });
    writeFileSync(join(state, "host/leases/lab"), "");
    const pool = join(embeddedHost().dataDirectory, "lab");
    mkdirSync(pool, { mode: 0o711 });
    const disk = join(pool, "disk.img");
    writeFileSync(disk, spinningImage());
    for (const name of ["lab-cloud-0", "lab-edge-0"]) {
      const file = join(state, `${name}.xml`);
      writeFileSync(
        file,
        `<domain type='qemu'><name>${name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
          <os><type arch='x86_64' machine='q35'>hvm</type></os><devices><disk type='file'><driver name='qemu' type='raw'/>
          <source file='${disk}'/><target dev='vda' bus='virtio'/><readonly/></disk></devices></domain>`,
      );
      virsh("define", file);
    }
    virsh("start", "lab-cloud-0");
    const [lab] = report().stacks;
    expect(lab?.machines.map(({ name, running }) => [name, running])).toEqual([
      ["lab-cloud-0", true],
      ["lab-edge-0", false],
    ]);
    expect(lab?.machines[0]?.memoryMiB).toBeGreaterThan(5);

    const refused = strata("down", "--events");
    expect(refused.status).toBe(1);
    expect(ofEvents(refused.stdout)).toMatchObject([
      { kind: "started" },
      { kind: "ended", outcome: "failed", exitStatus: 1, text: expect.stringContaining("stack lab uses") as string },
    ]);
    expect(refused.stderr).toContain("stack lab uses the embedded host (lab-cloud-0, lab-edge-0)");
    expect(report().state).toBe("running");
  });

  test("is one command down when told so, and leaves nothing", () => {
    const { namespace, runDirectory, dataDirectory } = embeddedHost();
    // What stands for a cluster's API outside of the namespace; its own process group, as a detached one has.
    const into = `EXEC:nsenter --net=/run/netns/${namespace} socat -t 30 STDIO TCP4\\:10.0.0.1\\:6443`;
    const forward = spawn("socat", ["TCP4-LISTEN:0,bind=127.0.0.1,fork", into], { detached: true, stdio: "ignore" });
    const { pid } = report();
    const { status, stdout } = strata("down", "--force");
    expect([status, stdout]).toEqual([
      0,
      "the embedded host is gone\nPulumi still knows stack lab: strata destroy lab --yes\n",
    ]);
    const paths = [`/run/netns/${namespace}`, runDirectory, dataDirectory, `/proc/${String(pid)}/exe`];
    expect(paths.filter((path) => existsSync(path))).toEqual([]);
    expect(spawnSync("pgrep", ["-f", `guest=lab-cloud-0.*${state}`]).status).toBe(1);
    expect(existsSync(`/proc/${String(forward.pid)}/exe`)).toBe(false);
    expect(report()).toMatchObject({ state: "absent", stacks: [], others: [], bridges: [] });
    expect(strata("down")).toMatchObject({ status: 0, stdout: "there was no embedded host\n" });
  });
});
