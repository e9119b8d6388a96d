import fc from "fast-check";
import { defaultNetwork } from "../../../components/plan/addressing.ts";
import { planTestbed } from "../../../components/plan/whole/plan.ts";
import { cidrsOverlap, parseCidr } from "../../../components/experiment/cidr.ts";
import { readTestbedArgs, specOrThrow } from "../../../components/experiment/whole/load.ts";

const planOf = (more: object = {}, { cloud = 3, edge = 0 } = {}, name = "lab") =>
  planTestbed(
    name,
    specOrThrow(
      readTestbedArgs({
        tiers: {
          cloud: { count: cloud, cpus: 2, memory: "2 GiB" },
          edge: { count: edge },
          endpoint: { count: 2 },
        },
        software: [
          { kind: "kubernetes", ...more },
          { kind: "mqtt", on: "cloud" },
        ],
        benchmark: { workload: "image-classification" },
      }),
    ),
  );

const rolesOf = (plan: ReturnType<typeof planOf>) =>
  Object.fromEntries(plan.machines.map(({ name, roles }) => [name, roles.map(({ role }) => role)]));

test("the first machine of the tier is the control plane, the others are workers", () => {
  const plan = planOf();
  expect(plan.kubernetes).toEqual({
    version: "1.35.4",
    controlPlane: "cloud-0",
    workers: ["cloud-1", "cloud-2"],
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.96.0.0/12",
    server: `${plan.machines[0]?.address ?? ""}:6443`,
    simulatedNodes: 0,
  });
  const worker = ["base", "containerd", "kubernetes_node", "kubernetes_worker", "mqtt"];
  expect(rolesOf(plan)).toEqual({
    "cloud-0": ["base", "containerd", "kubernetes_node", "kubernetes_control", "flannel", "metrics_server", "mqtt"],
    "cloud-1": worker,
    "cloud-2": worker,
    "endpoint-0": ["base", "workload"],
    "endpoint-1": ["base", "workload"],
  });
  expect(plan.software[0]).toEqual({ kind: "kubernetes", machines: ["cloud-0", "cloud-1", "cloud-2"] });
  expect(plan.imageSoftware).toEqual(["kubernetes", "mqtt", "workload"]);
});

test("workers of several tiers", () => {
  const { kubernetes } = planOf({ workers: ["cloud", "edge"] }, { cloud: 2, edge: 2 });
  expect(kubernetes?.workers).toEqual(["cloud-1", "edge-0", "edge-1"]);
});

test("another version is another variable, never another image", () => {
  const [newest, older] = [planOf(), planOf({ version: "1.34.4" })];
  expect(older.imageSoftware).toEqual(newest.imageSoftware);
  const changed = older.machines.flatMap(({ name, roles }, i) =>
    roles
      .filter((role, j) => JSON.stringify(role) !== JSON.stringify(newest.machines[i]?.roles[j]))
      .map(({ role }) => `${name} ${role}`),
  );
  expect(changed).toEqual([
    ...["cloud-0 kubernetes_node", "cloud-0 kubernetes_control"],
    ...["cloud-1", "cloud-2"].flatMap((name) => [`${name} kubernetes_node`, `${name} kubernetes_worker`]),
  ]);
});

test("an option of the kubelet touches one role of each node", () => {
  const [before, after] = [planOf(), planOf({ kubeletConfig: { maxPods: 50 } })];
  const changed = after.machines.flatMap(({ name, roles }, i) =>
    roles
      .filter((role, j) => JSON.stringify(role) !== JSON.stringify(before.machines[i]?.roles[j]))
      .map(({ role }) => `${name} ${role}`),
  );
  expect(changed).toEqual(["cloud-0 kubernetes_node", "cloud-1 kubernetes_node", "cloud-2 kubernetes_node"]);
});

test("options in another order are the same", () => {
  const plans = [
    planOf({ kubeletConfig: { maxPods: 50, podPidsLimit: 100 } }),
    planOf({ kubeletConfig: { podPidsLimit: 100, maxPods: 50 } }),
  ];
  expect(JSON.stringify(plans[0])).toBe(JSON.stringify(plans[1]));
});

test("one worker more changes nothing of the machines that were there", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 0, max: 4 }), (cloud, edge) => {
      const more = edge > 0 ? { workers: ["cloud", "edge"] } : {};
      const before = planOf(more, { cloud, edge });
      const after = planOf(more, { cloud: cloud + 1, edge });
      for (const machine of before.machines) {
        expect(after.machines.find(({ name }) => name === machine.name)).toEqual(machine);
      }
    }),
  );
});

test("a network that was not chosen shares no address with pods and services", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,60}$/), (name) => {
      const network = parseCidr(planOf({}, {}, name).network.cidr)!;
      expect(["10.244.0.0/16", "10.96.0.0/12"].some((range) => cidrsOverlap(network, parseCidr(range)!))).toBe(false);
    }),
  );
  expect(defaultNetwork("lab", ["10.64.0.0/10"])).toBe("192.168.0.0/16");
});

test("simulated nodes are the control plane's to make", () => {
  const roles = rolesOf(planOf({ simulatedNodes: 100 }));
  expect(roles["cloud-0"]).toContain("kwok");
  expect(roles["cloud-1"]).toEqual(rolesOf(planOf())["cloud-1"]);
});
