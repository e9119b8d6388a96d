import { checkCapacity } from "../../../../../components/libvirt/plan/capacity.ts";
import { planTestbed } from "../../../../../components/plan/whole/plan.ts";
import { specOf } from "../../../../support/spec.ts";

const plan = planTestbed(
  "lab",
  specOf({ cloud: 2, edge: 1, endpoint: 1 }, { provider: { kind: "libvirt", network: "10.83.0.0/16" } }),
);
const host = { memoryMiB: 16_384, cores: 4, routes: ["192.168.1.0/24", "172.17.0.0/16", "10.84.0.1"], limits: {} };

test("a host with room has nothing to say", () => {
  expect(checkCapacity(plan, host)).toEqual([]);
});

test("memory counts what QEMU takes itself", () => {
  const needed = 4 * (1024 + 90);
  expect(checkCapacity(plan, { ...host, memoryMiB: needed })).toEqual([]);
  expect(checkCapacity(plan, { ...host, memoryMiB: needed - 1 })).toEqual([
    {
      severity: "error",
      path: "tiers",
      reason: "4 machines need 4456 MiB (with 90 MiB each for QEMU), the host has 4455 MiB",
      fix: "use fewer or smaller machines (count, memory)",
    },
  ]);
});

test.each([
  ["10.83.0.0/16", "10.200.0.0/16"],
  ["10.0.0.0/8", "172.31.0.0/16"],
  ["10.83.128.0/24", "10.200.0.0/16"],
  ["10.83.9.9", "10.200.0.0/16"],
])("a host route to %s is in the way, one to %s would not be", (route, free) => {
  expect(checkCapacity(plan, { ...host, routes: [...host.routes, route] })).toEqual([
    {
      severity: "error",
      path: "provider.network",
      reason: `the testbed's addresses 10.83.0.0/16 overlap ${route}, to which the host has a route`,
      fix: `choose another range, for example network: "${free}"`,
    },
  ]);
});

test("where every private range has a route, the way out is another", () => {
  const [problem] = checkCapacity(plan, { ...host, routes: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] });
  expect(problem?.fix).toBe("take one of its routes away (a VPN's, perhaps): no private range is free");
});

/** As `ip -j -4 route show` prints them with such software running; addresses are those of documentation. */
const seen: [string, string, string[]][] = [
  ["nothing but the default route", '[{"dst":"default","gateway":"192.0.2.1","dev":"eth0","flags":[]}]', []],
  [
    "OpenVPN with redirect-gateway def1",
    '[{"dst":"0.0.0.0/1","gateway":"10.8.0.1","dev":"tun0","flags":[]},' +
      '{"dst":"default","gateway":"192.0.2.1","dev":"eth0","flags":[]},' +
      '{"dst":"10.8.0.0/24","dev":"tun0","protocol":"kernel","scope":"link","prefsrc":"10.8.0.2","flags":[]},' +
      '{"dst":"128.0.0.0/1","gateway":"10.8.0.1","dev":"tun0","flags":[]},' +
      '{"dst":"198.51.100.7","gateway":"192.0.2.1","dev":"eth0","flags":[]}]',
    [],
  ],
  [
    "WireGuard whose AllowedIPs leave the neighbourhood 192.168.0.0/16 out",
    '[{"dst":"0.0.0.0/1","dev":"wg0","scope":"link","flags":[]},{"dst":"128.0.0.0/2","dev":"wg0","scope":"link","flags":[]},' +
      '{"dst":"192.0.0.0/9","dev":"wg0","scope":"link","flags":[]},{"dst":"208.0.0.0/4","dev":"wg0","scope":"link","flags":[]},' +
      '{"dst":"224.0.0.0/3","dev":"wg0","scope":"link","flags":[]}]',
    [],
  ],
  [
    "docker, libvirt's default network and tailscale",
    '[{"dst":"172.17.0.0/16","dev":"docker0","protocol":"kernel","scope":"link","prefsrc":"172.17.0.1","flags":["linkdown"]},' +
      '{"dst":"192.168.122.0/24","dev":"virbr0","protocol":"kernel","scope":"link","prefsrc":"192.168.122.1","flags":["linkdown"]},' +
      '{"dst":"100.64.0.0/10","dev":"tailscale0","scope":"link","flags":[]}]',
    [],
  ],
  [
    "a company's network by VPN",
    '[{"dst":"10.0.0.0/8","gateway":"10.8.0.1","dev":"tun0","flags":[]},{"dst":"128.0.0.0/1","dev":"tun0","flags":[]}]',
    ["10.0.0.0/8"],
  ],
  ["a site by WireGuard", '[{"dst":"10.83.4.0/22","dev":"wg0","scope":"link","flags":[]}]', ["10.83.4.0/22"]],
];

test.each(seen)("routes of %s", (_, text, inTheWay) => {
  const routes = (JSON.parse(text) as { dst: string }[]).map(({ dst }) => dst);
  const reasons = checkCapacity(plan, { ...host, routes }).map(({ reason }) => reason);
  expect(reasons).toEqual(
    inTheWay.map((route) => `the testbed's addresses 10.83.0.0/16 overlap ${route}, to which the host has a route`),
  );
});

test("a machine with more cores than the host is doubtful", () => {
  const wide = planTestbed("lab", specOf({ cloud: 1, edge: 0, endpoint: 0 }, { tiers: { cloud: { cpus: 8 } } }));
  expect(checkCapacity(wide, host)).toEqual([
    {
      severity: "warning",
      path: "tiers.cloud.cpus",
      reason: "a machine of 8 cores on a host of 4 waits for itself",
      fix: "use at most 4",
    },
  ]);
});
