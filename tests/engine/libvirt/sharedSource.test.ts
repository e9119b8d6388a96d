import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";
import { withoutMarks } from "../../support/marks.ts";
import { PluginStack } from "../../support/pluginStack.ts";

const problem =
  libvirtdProblem() ??
  (existsSync("/usr/bin/qemu-img") ? undefined : "not installed: /usr/bin/qemu-img") ??
  (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");
describeUnless(problem, "a volume that shares its source", () => {
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  const content = Buffer.alloc(2 ** 20, "strata");
  let daemon: PrivateLibvirtd;
  let stack: PluginStack;
  let image: string;
  let pool: string;

  beforeAll(async () => {
    daemon = await PrivateLibvirtd.start();
    stack = await PluginStack.create(["libvirt"]);
    image = join(daemon.directory, "image.qcow2");
    pool = join(daemon.directory, "pool");
  });
  beforeEach(() => {
    const raw = join(daemon.directory, "raw");
    writeFileSync(raw, content);
    execFileSync("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, image]);
  });
  afterEach(async () => {
    await stack.destroy();
  });
  afterAll(async () => {
    stack.remove();
    await daemon.stop();
  });

  const shared = (): string => readdirSync(pool).find((name) => /^base\.source-[0-9a-f]{16}$/.test(name)) ?? "";
  const known = () => ({
    sourceSha256: createHash("sha256").update(readFileSync(image)).digest("hex"),
    sourceModifiedMs: statSync(image).mtimeMs,
  });
  const program =
    (about: Partial<ReturnType<typeof known>>): PulumiFn =>
    () => {
      const opts = { provider: new libvirt.Provider("host", { uri: daemon.uri("qemu") }) };
      const disks = new libvirt.Pool("disks", { type: "dir", target: { path: pool } }, opts);
      const base = new libvirt.Volume("base", { pool: disks.name, source: image, ...about }, opts);
      new libvirt.Volume("disk", { pool: disks.name, baseVolumeId: base.id, size: 2 ** 26 }, opts);
      return Promise.resolve();
    };
  /** What a machine sees at the start of this disk. */
  const seen = (disk: string): Buffer => {
    const raw = join(daemon.directory, "seen");
    execFileSync("qemu-img", ["convert", "-O", "raw", join(pool, disk), raw]);
    return readFileSync(raw).subarray(0, content.length);
  };

  test("holds when the source's own name goes, and goes itself without a trace", async () => {
    const about = known();
    expect(await stack.up(program(about))).toEqual({ ...none, create: 5 });
    expect(await stack.refresh()).toEqual({ ...none, same: 5 });
    expect(withoutMarks(readdirSync(pool))).toEqual(["base", shared(), "disk"]);
    expect(statSync(join(pool, shared())).ino).toBe(statSync(image).ino);

    // What is written to the volume does not get into the source.
    execFileSync("qemu-io", ["-c", "write -P 1 0 64k", join(pool, "base")]);
    execFileSync("qemu-io", ["-c", "write -z 0 64k", join(pool, "base")]);
    expect(known()).toEqual(about);

    rmSync(image);
    expect(seen("disk").subarray(65536).equals(content.subarray(65536))).toBe(true);
    expect(await stack.up(program(about))).toEqual({ ...none, same: 5 });
    expect(await stack.destroy()).toEqual({ ...none, delete: 5 });
    expect(existsSync(pool)).toBe(false);
  });

  test("is adopted when a killed run left it, and leaves the source alone when it goes", async () => {
    await stack.up(program(known()));
    await stack.forget("disk", "base");
    expect(await stack.up(program(known()))).toEqual({ ...none, create: 2, same: 3 });
    await stack.destroy();
    expect(statSync(image).nlink).toBe(1);
    expect(existsSync(pool)).toBe(false);
  });

  test("a source with another content than it should is refused, and nothing of it stays", async () => {
    const about = known();
    execFileSync("qemu-io", ["-c", "write -P 1 0 64k", image]);
    expect(known().sourceSha256).not.toBe(about.sourceSha256);
    const failure = await stack.failure(program(about));
    expect(failure).toContain(
      `source: ${image} has another content than it should (its SHA-256 is not ${about.sourceSha256})`,
    );
    expect(readdirSync(pool)).toEqual([]);
  });

  test("a source that was only touched is read, found right and shared", async () => {
    const about = known();
    utimesSync(image, 1, 1);
    expect(await stack.up(program(about))).toEqual({ ...none, create: 5 });
    expect(withoutMarks(readdirSync(pool))).toEqual(["base", shared(), "disk"]);
    expect(seen("disk").equals(content)).toBe(true);
  });

  test("on another file system it is a copy, as it is of a source that may change", async () => {
    expect(await stack.up(program({}))).toEqual({ ...none, create: 5 });
    expect(withoutMarks(readdirSync(pool))).toEqual(["base", "disk"]);
    expect(readFileSync(join(pool, "base")).equals(readFileSync(image))).toBe(true);
    await stack.destroy();

    execFileSync("mkdir", [pool]);
    execFileSync("nsenter", [...daemon.mounts, "mount", "-t", "tmpfs", "tmpfs", pool]);
    try {
      expect(await stack.up(program(known()))).toEqual({ ...none, create: 5 });
      const inside = execFileSync("nsenter", [...daemon.mounts, "ls", "-A", pool], { encoding: "utf8" });
      expect(withoutMarks(inside.trim().split("\n"))).toEqual(["base", "disk"]);
      expect(readdirSync(pool)).toEqual([]);
      await stack.destroy();
    } finally {
      execFileSync("nsenter", [...daemon.mounts, "umount", pool]);
      rmSync(pool, { recursive: true, force: true });
    }
  });
});
