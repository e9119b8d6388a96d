import { diff, type ServedResource } from "../../../../providers/kit/crud.ts";
import { overlay } from "../../../../providers/strata/net/overlay.ts";
import { overlayInputs } from "../../../../providers/strata/net/overlayInputs.ts";
import { overlayScript, readOverlay } from "../../../../providers/strata/net/overlayScript.ts";

const wanted = {
  ...{ uri: "qemu+ssh://root@lab1/system", device: "vx0a1b2c3d", bridge: "strata0a1b2c3d", vni: 4711, mtu: 1450 },
  ...{ local: "192.0.2.1", peers: ["192.0.2.2", "192.0.2.3"] },
};

/** As iproute2 6.1 prints them. */
const printed = (peers: string[], mtu = 1450): string =>
  JSON.stringify({
    link: [
      {
        ifname: "vx0a1b2c3d",
        mtu,
        master: "strata0a1b2c3d",
        linkinfo: { info_kind: "vxlan", info_data: { id: 4711, local: "192.0.2.1", port: 4789 } },
      },
    ],
    fdb: [
      { mac: "02:00:0a:53:00:01", dst: "192.0.2.9", flags: ["self"], state: "" },
      ...peers.map((dst) => ({ mac: "00:00:00:00:00:00", dst, flags: ["self"], state: "permanent" })),
    ],
  });

test("what is there is read back, in the order that was asked for", () => {
  expect(readOverlay("", wanted)).toBeUndefined();
  expect(readOverlay(printed(["192.0.2.3", "192.0.2.2"]), wanted)).toEqual(wanted);
  expect(readOverlay(printed(["192.0.2.2"], 1500), wanted)).toEqual({ ...wanted, mtu: 1500, peers: ["192.0.2.2"] });
});

test("nothing that a shell would take apart gets into the script", () => {
  const refused = (more: object) => overlayInputs.safeParse({ ...wanted, ...more }).success;
  expect(overlayInputs.safeParse(wanted).success).toBe(true);
  expect(
    [{ device: "x; reboot" }, { bridge: "$(x)" }, { local: "a b" }, { peers: ["`x`"] }, { vni: 2 ** 24 }].map(refused),
  ).toEqual([false, false, false, false, false]);
  expect(overlayScript(wanted)).toContain(
    "ip link add vx0a1b2c3d type vxlan id 4711 local 192.0.2.1 dstport 4789 ttl 64",
  );
});

test("another way to the same host changes nothing there, another host has a device of its own", () => {
  const replaces = (more: object) => diff(overlay as ServedResource<unknown>, wanted, { ...wanted, ...more }).replaces;
  expect(replaces({ uri: "qemu+ssh://ada@lab1:22/system?keyfile=/k", peers: [], mtu: 1400 })).toEqual([]);
  expect(replaces({ uri: "qemu+ssh://root@lab2/system" })).toEqual(["uri"]);
  expect(replaces({ device: "vx00000000" })).toEqual(["device"]);
});
