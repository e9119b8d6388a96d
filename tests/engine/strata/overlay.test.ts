import { execFileSync, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  overlayReadScript,
  overlayRemoveScript,
  overlayScript,
  readOverlay,
} from "../../../providers/strata/net/overlayScript.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { libvirtdProblem } from "../../support/libvirtd.ts";

const owned = {
  ...{ uri: "qemu+ssh://root@lab1/system", device: "vx0a1b2c3d", bridge: "strata0a1b2c3d", vni: 4711, mtu: 1450 },
  ...{ local: "127.0.0.1", peers: ["192.0.2.2"], owner: "strata lab 1f2e3d4c" },
};
const { owner, ...old } = owned;

describeUnless(libvirtdProblem(), "the device of an overlay, in a network namespace", () => {
  const namespace = `slo-${randomUUID().slice(0, 8)}`;
  const ip = (...args: string[]) => execFileSync("ip", ["-n", namespace, ...args], { encoding: "utf8" });
  const run = (script: string) => {
    const { status, stdout, stderr } = spawnSync("nsenter", [`--net=/run/netns/${namespace}`, "sh", "-s"], {
      input: script,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };
  const done = { status: 0, stdout: "", stderr: "" };
  const aliasOf = (device: string): string | undefined =>
    (JSON.parse(ip("-j", "link", "show", device)) as { ifalias?: string }[])[0]?.ifalias;
  const devices = () => (JSON.parse(ip("-j", "link", "show")) as { ifname: string }[]).map(({ ifname }) => ifname);

  beforeAll(() => {
    execFileSync("ip", ["netns", "add", namespace]);
    ip("link", "set", "lo", "up");
    ip("link", "add", owned.bridge, "type", "bridge");
  });
  afterAll(() => {
    execFileSync("ip", ["netns", "delete", namespace]);
  });
  afterEach(() => {
    if (devices().includes(owned.device)) ip("link", "delete", owned.device);
  });

  test("is marked, read back, changed and removed by the one who made it", () => {
    expect(run(overlayScript(owned))).toEqual(done);
    expect(aliasOf(owned.device)).toBe(owner);
    const wider = { ...owned, mtu: 1400, vni: 4712, peers: ["192.0.2.2", "192.0.2.3"] };
    for (const wanted of [owned, wider]) {
      expect(run(overlayScript(wanted))).toEqual(done);
      expect(readOverlay(run(overlayReadScript(owned.device)).stdout, wanted)).toEqual(wanted);
    }
    expect(run(overlayRemoveScript(wider))).toEqual(done);
    expect(devices()).not.toContain(owned.device);
    expect(run(overlayRemoveScript(wider))).toEqual(done);
  });

  test.each([
    [
      "of another stack",
      ["type", "vxlan", "id", "4711", "local", "127.0.0.1", "dstport", "4789"],
      "strata lab 00000000",
    ],
    ["without a mark", ["type", "vxlan", "id", "99", "local", "127.0.0.1", "dstport", "4789"], undefined],
    ["of another kind", ["type", "bridge"], undefined],
  ])("one %s is refused, not read, and not removed", (_, kind, alias) => {
    ip("link", "add", owned.device, ...kind);
    if (alias !== undefined) ip("link", "set", owned.device, "alias", alias);
    ip("link", "set", owned.device, "up");
    const before = ip("link", "show", owned.device);
    const of = alias === undefined ? "" : ` (of ${alias})`;
    const refused = run(overlayScript(owned));
    expect([refused.status, refused.stderr]).toEqual([
      1,
      `there is a network device ${owned.device}${of} that this stack has not made; ` +
        `look whose it is (ip -d link show ${owned.device}), and remove it (ip link delete ${owned.device})\n`,
    ]);
    expect(readOverlay(run(overlayReadScript(owned.device)).stdout, owned)).toBeUndefined();
    expect(run(overlayRemoveScript(owned))).toEqual({
      ...done,
      stdout: `network device ${owned.device}${of} is not this stack's, and stays\n`,
    });
    expect(ip("link", "show", owned.device)).toBe(before);
  });

  test("one that a killed run has only made is taken over", () => {
    ip("link", "add", owned.device, "type", "vxlan", "id", "4711", "local", "127.0.0.1", "dstport", "4789");
    expect(run(overlayScript(owned))).toEqual(done);
    expect(aliasOf(owned.device)).toBe(owner);
  });

  test("one of a testbed that was built before there were marks stays its own", () => {
    expect(run(overlayScript(old))).toEqual(done);
    expect(aliasOf(old.device)).toBeUndefined();
    expect(readOverlay(run(overlayReadScript(old.device)).stdout, old)).toEqual(old);
    expect(run(overlayScript({ ...old, vni: 4712 }))).toEqual(done);
    expect(run(overlayRemoveScript(old))).toEqual(done);
    expect(devices()).not.toContain(old.device);
    // The other way round a marked one is not.
    expect(run(overlayScript(owned))).toEqual(done);
    expect(run(overlayScript(old)).stderr).toContain(`(of ${owner})`);
  });
});
