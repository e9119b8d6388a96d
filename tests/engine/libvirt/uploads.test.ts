// Uploads to a host by ssh over a way of 200 Mbit/s, so that there is time to cut one off.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { pieceBytes } from "../../../providers/libvirt/resources/checksums.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { PluginStack } from "../../support/pluginStack.ts";
import { withoutMarks } from "../../support/marks.ts";
import { SshHosts, sshHostsProblem } from "../../support/sshHosts.ts";
import { until } from "../../support/until.ts";

const problem = sshHostsProblem() ?? (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");
describeUnless(problem, "uploads to a host by ssh", () => {
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  const content = Buffer.alloc(8 * pieceBytes + 12345);
  let lab: SshHosts;
  let stack: PluginStack;
  let image: string;

  beforeAll(async () => {
    // No two pieces are the same.
    for (let at = 0; at + 4 <= content.length; at += 4) content.writeUInt32LE(at, at);
    lab = await SshHosts.start(1);
    stack = await PluginStack.create(["libvirt"]);
    const device = lab.hosts[0]?.device ?? "";
    execFileSync("tc", `qdisc add dev ${device} root tbf rate 200mbit burst 256kb latency 50ms`.split(" "));
    image = join(lab.directory, "image");
    writeFileSync(image, content);
  });
  afterEach(async () => {
    await stack.destroy();
  });
  afterAll(async () => {
    stack.remove();
    await lab.stop();
  });

  /** What the host has under its /var/lib/libvirt. */
  const directory = (): string => join(lab.hosts[0]?.daemon.directory ?? "", "1/images/t");
  const copy = (): string => join(directory(), "base");
  const program =
    (parameters: Record<string, string> = {}): PulumiFn =>
    () => {
      const opts = { provider: new libvirt.Provider("host", { uri: lab.uri(0, parameters) }) };
      const target = { path: "/var/lib/libvirt/images/t" };
      const pool = new libvirt.Pool("pool", { name: "t", type: "dir", target }, opts);
      new libvirt.Volume("base", { name: "base", pool: pool.name, source: image }, opts);
      return Promise.resolve();
    };
  const sentBytes = (): number =>
    Number(readFileSync(`/sys/class/net/${lab.hosts[0]?.device ?? ""}/statistics/tx_bytes`, "utf8"));
  /** Runs an update, and does something as soon as more than half of the image is there. */
  const interruptedUp = async (interrupt: () => void, uri: Record<string, string> = {}): Promise<string> => {
    const failure = stack.failure(program(uri));
    const half = () => existsSync(copy()) && statSync(copy()).blocks * 512 >= content.length / 2;
    await until("half of the image to be there", 5 * 60_000, half, 20);
    interrupt();
    return failure;
  };
  const cut = (): void => {
    lab.cut(0);
  };
  /** Runs an update that succeeds; tells how many pieces of the image went over the wire, in thousandths. */
  const completed = async (uri: Record<string, string> = {}): Promise<number> => {
    const before = sentBytes();
    expect(await stack.up(program(uri))).toMatchObject({ create: 1, update: 0, replace: 0 });
    const pieces = (sentBytes() - before) / pieceBytes;
    expect(readFileSync(copy()).equals(content)).toBe(true);
    expect(withoutMarks(readdirSync(directory()))).toEqual(["base"]);
    return pieces;
  };
  const spoil = (at: number): void => {
    const file = openSync(copy(), "r+");
    writeSync(file, Buffer.from("spoilt"), 0, 6, at);
    closeSync(file);
  };
  /** An ssh program that does something before it connects to run a script. */
  const sshThat = (name: string, does: string): { command: string } => {
    const command = join(lab.directory, name);
    writeFileSync(command, `#!/bin/sh\ncase "$*" in *"exec sh -s"*) ${does} ;; esac\nexec ssh "$@"\n`);
    chmodSync(command, 0o755);
    return { command };
  };

  test("one that the network cuts off goes on in the middle", async () => {
    expect(await interruptedUp(cut)).toMatch(
      /the connection broke: .*; what was uploaded stays there, and the next update goes on after it/,
    );
    expect(withoutMarks(readdirSync(directory()))).toEqual([
      "base",
      expect.stringMatching(/^base\.incomplete-[0-9a-f]{16}$/) as string,
    ]);
    // Less than half of it, and what TCP, ssh and libvirt add.
    const pieces = await completed();
    expect(pieces).toBeLessThan(4.5);
    expect(pieces).toBeGreaterThan(0.1);
    expect(await stack.up(program())).toEqual({ ...none, same: 4 });
  });

  test("one whose plugin is killed goes on in the middle", async () => {
    await interruptedUp(() => {
      stack.killPlugin("libvirt");
    });
    expect(await completed()).toBeLessThan(4.5);
  });

  test("what is spoilt of it meanwhile is found, and sent again with all after it", async () => {
    await interruptedUp(cut);
    spoil(2 * pieceBytes + 77);
    const pieces = await completed();
    expect(pieces).toBeGreaterThan(6);
    expect(pieces).toBeLessThan(6.5);
  });

  test("where nothing may be run on the host, what is there is read through libvirt", async () => {
    const denied = sshThat("denied", "echo denied >&2; exit 1");
    await interruptedUp(cut, denied);
    expect(await completed(denied)).toBeLessThan(4.5);
  });

  test("a copy that has not come out right is refused, and removed", async () => {
    const spoiling = sshThat(
      "spoiling",
      `printf x | dd of=${copy()} bs=1 seek=${3 * pieceBytes} conv=notrunc 2>/dev/null`,
    );
    expect(await stack.failure(program(spoiling))).toContain(
      `volume "base" has not come out as ${image} is: they differ after byte ${3 * pieceBytes}; see that nobody changes`,
    );
    expect(readdirSync(directory())).toEqual([]);
  });

  test("one that nobody goes on with goes with its pool", async () => {
    await interruptedUp(cut);
    await stack.destroy();
    expect(existsSync(directory())).toBe(false);
  });
});
