import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { embeddedHost } from "../../../local/embeddedHost.ts";
import { recordPlace } from "../../../local/place.ts";
import { foreignThings } from "../../../providers/strata/host/foreign.ts";
import { closeHost, ensureHost, hostStatus, openHost, stopHost } from "../../../providers/strata/host/host.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { addLease } from "../../../providers/strata/host/leases.ts";
import { inNamespace } from "../../../providers/strata/process/namespace.ts";
import { spinningImage } from "../../support/bootSector.ts";
import { hostProblem } from "../../support/hostProblem.ts";
import { until } from "../../support/until.ts";

function embeddedHostTests(): void {
  const state = mkdtempSync(join(tmpdir(), "host-"));
  const virsh = (...args: string[]) =>
    execFileSync("virsh", ["-q", "-c", embeddedHost().uri, ...args], { encoding: "utf8" }).trim();

  /** A disk of others, which QEMU may read. */
  const elsewhere = mkdtempSync(join(tmpdir(), "host-disk-"));
  chmodSync(elsewhere, 0o711);
  const foreignDisk = (): string => {
    const disk = join(elsewhere, "disk.img");
    writeFileSync(disk, spinningImage(), { mode: 0o644 });
    return disk;
  };

  /** A machine of a boot sector that jumps to itself: without an operating system. */
  const domainFile = (name: string, connected = false, disk = foreignDisk(), format = "raw"): string => {
    const readOnly = format === "raw" ? "<readonly/>" : "";
    const file = join(state, "domain.xml");
    writeFileSync(
      file,
      `<domain type='qemu'><name>${name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
      <os><type arch='x86_64' machine='q35'>hvm</type></os>
      <devices><disk type='file'><driver name='qemu' type='${format}'/><source file='${disk}'/><target dev='vda' bus='virtio'/>${readOnly}</disk>
      ${connected ? "<interface type='network'><source network='n'/></interface>" : ""}</devices></domain>`,
    );
    return file;
  };

  beforeAll(() => {
    process.env.STRATA_STATE = state;
  });

  afterAll(async () => {
    await stopHost();
    for (const directory of [state, elsewhere]) rmSync(directory, { recursive: true });
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
    virsh("create", domainFile("spin", true));
    const { pid } = await hostStatus();
    process.kill(pid ?? 0, "SIGKILL");
    await until("the daemon to end", 60_000, async () => (await hostStatus()).state !== "running", 20);
    expect(await hostStatus()).toMatchObject({ state: "dead", leases: ["two"] });

    expect(await ensureHost()).toMatchObject({ state: "running", leases: ["two"] });
    expect(virsh("list", "--name")).toBe("spin");
    expect(virsh("net-list", "--name")).toBe("n");
  });

  test("QEMU runs as a user of its own, to whom only the machine's own disks belong", () => {
    const { dataDirectory, runDirectory, id } = embeddedHost();
    const user = 1_900_000_000 + Number.parseInt(id, 16);
    const pool = join(dataDirectory, "two");
    mkdirSync(pool, { mode: 0o711 });
    const [image = "", overlay = "", seed = ""] = ["image", "two-own.qcow2", "two-other-seed.iso"].map((name) =>
      join(pool, name),
    );
    writeFileSync(image, spinningImage(), { mode: 0o600 });
    writeFileSync(seed, "", { mode: 0o600 });
    execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", "-b", image, "-F", "raw", overlay]);
    // As libvirt makes it.
    chmodSync(overlay, 0o600);
    virsh("create", domainFile("own", false, overlay, "qcow2"));
    const owner = (file: string) => {
      const { uid, gid, mode } = statSync(file);
      return [uid, gid, mode & 0o777];
    };
    const pid = Number(readFileSync(join(runDirectory, "libvirt/qemu/own.pid"), "utf8"));
    expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(
      new RegExp(`^Uid:(\\t${user}){4}\nGid:(\\t\\d+){4}$[^]*^CapEff:\\t0{16}$`, "m"),
    );
    const group = statSync(`/proc/${pid}`).gid;
    expect([overlay, image, seed].map(owner)).toEqual([
      [user, group, 0o600],
      [0, group, 0o640],
      [0, 0, 0o600],
    ]);
    virsh("destroy", "own");
    rmSync(pool, { recursive: true });
  });

  test("the last stack's end leaves what no stack has made, and says what", async () => {
    const { namespace, runDirectory, dataDirectory } = embeddedHost();
    virsh("pool-define-as", "mine", "dir", "--target", join(state, "pool"));
    writeFileSync(join(dataDirectory, "notes"), "");
    writeFileSync(join(runDirectory, "notes"), "");
    const shell = spawn("nsenter", [`--net=/run/netns/${namespace}`, "sleep", "600"], { stdio: "ignore" });
    await until("the process to be in the namespace", 10_000, () => inNamespace(shell.pid ?? 0, namespace));
    execFileSync("ip", ["-n", namespace, "link", "add", "mine0", "type", "bridge"]);

    const { pid } = await hostStatus();
    expect(await closeHost("two")).toEqual([
      `the embedded host stays, for what no stack of this checkout has made: machine spin, network n, pool mine, file ${dataDirectory}/notes, ` +
        `file ${runDirectory}/notes and 2 more; take that away, or end the host with all of it: strata host down --force`,
    ]);
    expect(await hostStatus()).toMatchObject({ state: "running", pid, leases: [] });
    expect(await foreignThings(embeddedHost(), [])).toEqual([
      { kind: "machine", name: "spin" },
      { kind: "network", name: "n" },
      { kind: "pool", name: "mine" },
      { kind: "file", name: `${dataDirectory}/notes` },
      { kind: "file", name: `${runDirectory}/notes` },
      { kind: "process", name: `${String(shell.pid)} (sleep)` },
      { kind: "network device", name: "mine0" },
    ]);

    // Each of them alone keeps it.
    const away: (() => void)[] = [
      () => virsh("destroy", "spin"),
      () => virsh("net-destroy", "n"),
      () => virsh("pool-undefine", "mine"),
      () => {
        rmSync(join(dataDirectory, "notes"));
      },
      () => {
        rmSync(join(runDirectory, "notes"));
      },
      () => execFileSync("ip", ["-n", namespace, "link", "delete", "mine0"]),
    ];
    for (const step of away) {
      step();
      expect(await closeHost("two")).toHaveLength(1);
      expect(await hostStatus()).toMatchObject({ state: "running", pid });
    }
    shell.kill();
    await until("the process to end", 10_000, () => shell.exitCode !== null || shell.signalCode !== null);
  });

  test("a stack's own machine that its state has lost goes with the host, and nothing is left", async () => {
    const { namespace, runDirectory, dataDirectory } = embeddedHost();
    recordPlace("two", { id: "1f2e3d4c", host: "embedded" });
    virsh("define", domainFile("two-cloud-0@1f2e3d4c"));
    mkdirSync(join(dataDirectory, "two@1f2e3d4c"));
    writeFileSync(join(dataDirectory, "two@1f2e3d4c", "two-cloud-0@1f2e3d4c.qcow2"), "");
    const inside = execFileSync("ip", ["netns", "pids", namespace], { encoding: "utf8" }).trim().split("\n");
    // What is only ending keeps nothing.
    const ending = spawn("nsenter", [`--net=/run/netns/${namespace}`, "sleep", "600"], { stdio: "ignore" });
    await until("the process to be in the namespace", 10_000, () => inNamespace(ending.pid ?? 0, namespace));
    setTimeout(() => ending.kill(), 500);
    expect(await closeHost("two")).toEqual([]);
    expect(inside.filter((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([]);
    expect([`/run/netns/${namespace}`, runDirectory, dataDirectory].filter((path) => existsSync(path))).toEqual([]);
    expect(await hostStatus()).toMatchObject({ state: "absent", leases: [] });
  });

  test("what a run leaves that was killed before the start is found, and ends with the stack", async () => {
    await addLease("killed");
    expect(await hostStatus()).toMatchObject({ state: "dead", leases: ["killed"] });
    expect(await closeHost("killed")).toEqual([]);
    expect(await hostStatus()).toMatchObject({ state: "absent", leases: [] });
  });

  test("a namespace of the host's name that somebody else made is not touched", async () => {
    const { namespace } = embeddedHost();
    execFileSync("ip", ["netns", "add", namespace]);
    const shell = spawn("nsenter", [`--net=/run/netns/${namespace}`, "sleep", "600"], { stdio: "ignore" });
    try {
      await until("the process to be in the namespace", 10_000, () => inNamespace(shell.pid ?? 0, namespace));
      await expect(openHost("three")).rejects.toThrow(
        `there is a network namespace ${namespace} that this checkout has not made; see what is in it (ip netns pids ${namespace}), and remove it: ip netns delete ${namespace}`,
      );
      for (const left of [await closeHost("three"), await stopHost()]) {
        expect(left).toEqual([
          expect.stringContaining(`network namespace ${namespace} that this checkout has not made`),
        ]);
      }
      expect([existsSync(`/run/netns/${namespace}`), shell.exitCode]).toEqual([true, null]);
    } finally {
      shell.kill();
      execFileSync("ip", ["netns", "delete", namespace]);
    }
  });

  test("directories of the host's names that are links or another user's are neither used nor removed", async () => {
    const { runDirectory, dataDirectory } = embeddedHost();
    const elsewhere = join(state, "elsewhere");
    mkdirSync(elsewhere, { mode: 0o700 });
    writeFileSync(join(elsewhere, "kept"), "");
    for (const directory of [runDirectory, dataDirectory]) {
      mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
      symlinkSync(elsewhere, directory);
      await expect(openHost("three")).rejects.toThrow(`${directory} is a symbolic link`);
      expect((await stopHost()).join()).toContain(`${directory} is a symbolic link`);
      expect(readdirSync(elsewhere)).toEqual(["kept"]);
      rmSync(directory);
      mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
      mkdirSync(directory, { mode: 0o700 });
      chownSync(directory, 1, 1);
      await expect(openHost("three")).rejects.toThrow(`${directory} belongs to user 1`);
      expect((await stopHost()).join()).toContain(`${directory} belongs to user 1`);
      expect(existsSync(directory)).toBe(true);
      rmSync(directory, { recursive: true });
    }
  });
}

const problem = hostProblem();
describeUnless(problem, "the embedded host", embeddedHostTests);
