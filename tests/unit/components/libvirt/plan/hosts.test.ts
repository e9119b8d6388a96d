import { planHosts, type HostLook } from "../../../../../components/libvirt/plan/hosts.ts";
import { planLibvirt } from "../../../../../components/libvirt/plan/plan.ts";
import { planTestbed } from "../../../../../components/plan/whole/plan.ts";
import { formatProblem } from "../../../../../components/experiment/problem.ts";
import { specOf } from "../../../../support/spec.ts";

const spec = specOf({ cloud: 1, edge: 0, endpoint: 1 }, { provider: { kind: "libvirt", network: "10.83.0.0/16" } });
const plan = planLibvirt(planTestbed("lab", spec));
const look = (address: string, more: Partial<HostLook> = {}): HostLook => ({
  ...{ uri: `qemu+ssh://root@${address}/system`, cores: 4, memoryMiB: 8192, arch: "x86_64", accelerator: "kvm" },
  ...{ address, mtu: 1500, holds: [], routes: [{ destination: "10.83.0.0/16", device: plan.onHost.bridge }] },
  ...(more as object),
});
const planned = (...looks: HostLook[]) => planHosts(plan, ["a", "b", "c"].slice(0, looks.length), looks, "x86_64");

test("two hosts, their parts of the network, and how large its packets may be", () => {
  const { hosts, mtu, hostOf, problems } = planned(look("192.0.2.1"), look("192.0.2.2", { mtu: 9000 }));
  expect(problems).toEqual([]);
  expect(mtu).toBe(1450);
  expect(hostOf).toEqual({ "cloud-0": "a", "endpoint-0": "b" });
  expect(hosts.map(({ name, peers, hostAddress }) => [name, peers, hostAddress])).toEqual([
    ["a", ["192.0.2.2"], "10.83.255.254"],
    ["b", ["192.0.2.1"], "10.83.255.253"],
  ]);
  expect(planned(look("192.0.2.1", { mtu: 9000 }), look("192.0.2.2", { mtu: 1400 })).mtu).toBe(1350);
  expect(planned(look("2001:db8::1"), look("2001:db8::2")).mtu).toBe(1430);
});

test("all that is wrong at once, each with its host", () => {
  const { problems } = planned(
    { uri: "x", error: "can't connect to libvirt at x: root@a can't be reached by ssh: no route; check that it runs" },
    look("127.0.0.1", { arch: "aarch64", routes: [{ destination: "10.0.0.0/8", device: "eth0" }] }),
    look("127.0.0.1"),
  );
  expect(problems.map((problem) => formatProblem(problem))).toEqual([
    "provider.hosts[0]: can't connect to libvirt at x: root@a can't be reached by ssh: no route; check that it runs",
    "provider.hosts[1]: b is aarch64, the machine image x86_64; leave it out: machines of one testbed have one architecture",
    "provider.hosts[1]: b was reached at 127.0.0.1, where no other host reaches it; name it by an address that the others reach",
    'provider.network: the testbed\'s addresses 10.83.0.0/16 overlap 10.0.0.0/8, to which host b has a route; choose another range, for example network: "172.31.0.0/16"',
    "provider.hosts[2]: c is the same host as b (127.0.0.1); list each host once",
    "provider.hosts[2]: c was reached at 127.0.0.1, where no other host reaches it; name it by an address that the others reach",
  ]);
});

test("one host alone may be anywhere", () => {
  expect(planned(look("127.0.0.1")).problems).toEqual([]);
  expect(planned(look("10.83.0.9")).problems).toHaveLength(1);
});
