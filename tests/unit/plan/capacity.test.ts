import { checkCapacity } from "../../../components/plan/capacity.ts";
import { planTestbed } from "../../../components/plan/plan.ts";
import { specOf } from "../../support/spec.ts";

const plan = planTestbed(
  "lab",
  specOf({ cloud: 2, edge: 1, endpoint: 1 }, { provider: { kind: "libvirt", network: "10.83.0.0/16" } }),
);
const host = { memoryMiB: 16_384, cores: 4, routes: ["192.168.1.0/24", "172.17.0.0/16", "10.84.0.1"] };

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

test.each(["10.83.0.0/16", "10.0.0.0/8", "10.83.128.0/24", "10.83.9.9"])(
  "a host route to %s is in the way",
  (route) => {
    expect(checkCapacity(plan, { ...host, routes: [...host.routes, route] })).toEqual([
      {
        severity: "error",
        path: "provider.network",
        reason: `the testbed's addresses 10.83.0.0/16 overlap ${route}, to which the host has a route`,
        fix: 'choose another range, for example network: "10.200.0.0/16"',
      },
    ]);
  },
);

test("the default route is in nobody's way", () => {
  expect(checkCapacity(plan, { ...host, routes: ["0.0.0.0/0", "default"] })).toEqual([]);
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
