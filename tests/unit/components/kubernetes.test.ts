import { readTestbed } from "../../../components/standing/read.ts";
import type { TestbedArgs } from "../../../components/experiment/whole/testbed.ts";
import { editOf, opsOf, type Edit } from "../../support/ops.ts";
import { registrationsOf, type Registration } from "../../support/registrations.ts";

const argsOf = ({ cloud = 3, cluster = {} }: { cloud?: number; cluster?: object }): TestbedArgs => ({
  tiers: {
    cloud: { count: cloud, cpus: 2, memory: "2 GiB" },
    edge: { count: 1 },
    endpoint: { count: 1 },
  },
  software: [
    { kind: "kubernetes", ...cluster },
    { kind: "mqtt", on: "edge" },
  ],
});

const { testbed, registrations: before } = await registrationsOf("lab", argsOf({}));

async function edit(setting: Parameters<typeof argsOf>[0]): Promise<Edit> {
  return editOf(before, (await registrationsOf("lab", argsOf(setting))).registrations);
}

const only = (type: string, name: string): Registration => {
  const found = before.filter((one) => one.type === type && one.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
};

/** The host's 8, 5 machines of 5 each, of which the endpoint has no software, the mirror, the way to the API and the kubeconfig, the control plane's services, 2 workers. */
const all = 8 + 5 * 5 - 1 + 3 + 1 + 2;

test("no edit, no change", async () => {
  expect(opsOf(await edit({}))).toEqual({ create: 0, update: 0, replace: 0, delete: 0, same: all });
});

test("one worker more creates what is that machine's alone", async () => {
  const change = await edit({ cloud: 4 });
  expect(opsOf(change)).toEqual({ create: 6, update: 0, replace: 0, delete: 0, same: all });
  expect(change.create).toEqual([
    "cloud-3",
    "cloud-3-disk",
    "cloud-3-node",
    "cloud-3-reachable",
    "cloud-3-seed",
    "cloud-3-software",
  ]);
});

test("one worker less deletes what is that machine's alone", async () => {
  const change = await edit({ cloud: 2 });
  expect(opsOf(change)).toEqual({ create: 0, update: 0, replace: 0, delete: 6, same: all - 6 });
  expect(change.delete).toEqual([
    "cloud-2",
    "cloud-2-disk",
    "cloud-2-node",
    "cloud-2-reachable",
    "cloud-2-seed",
    "cloud-2-software",
  ]);
});

test.each([
  ["an option of the kubelet", { kubeletConfig: { maxPods: 50 } }],
  ["a feature gate", { features: { InPlacePodVerticalScaling: false } }],
])("%s updates the software of the nodes, one after the other as its role says", async (_, cluster) => {
  const change = await edit({ cluster });
  expect(opsOf(change)).toEqual({ create: 0, update: 3, replace: 0, delete: 0, same: all - 3 });
  expect(change.update).toEqual(["cloud-0-software", "cloud-1-software", "cloud-2-software"]);
});

test("another version updates software and nodes in place, and no image", async () => {
  const change = await edit({ cluster: { version: "1.34.4" } });
  expect(opsOf(change)).toEqual({ create: 0, update: 5, replace: 0, delete: 0, same: all - 5 });
  expect(change.update).toEqual([
    "cloud-0-software",
    "cloud-1-node",
    "cloud-1-software",
    "cloud-2-node",
    "cloud-2-software",
  ]);
});

test("a worker as a node knows the control plane, and goes with it", () => {
  const node = only("strata:kubernetes:Node", "cloud-1-node");
  const [control, worker] = readTestbed(testbed, "lab").machines;
  expect(node).toMatchObject({ parent: "kubernetes", deletedWith: "cloud-0", secrets: [] });
  expect(node.inputs).toEqual({
    stack: "lab",
    machine: "cloud-1",
    address: worker?.address,
    control: { machine: "cloud-0", address: control?.address },
    version: "1.35.4",
    machineId: "cloud-1.id",
  });
});

test("the way to the API is a forward into the machines' namespace", () => {
  const { kubernetes, network } = readTestbed(testbed, "lab");
  expect(only("strata:access:Forward", "kubernetes-api").inputs).toEqual({
    stack: "lab",
    namespace: "strata-7ac138",
    target: kubernetes?.server,
  });
  expect(only("strata:kubernetes:Kubeconfig", "kubeconfig").inputs).toMatchObject({
    machine: "cloud-0",
    server: "https://kubernetes-api.address",
    machineId: "cloud-0.id",
  });
  expect(only("strata:mirror:Mirror", "mirror").inputs).toEqual({
    stack: "lab",
    namespace: "strata-7ac138",
    address: network.hostAddress,
    port: 5000,
  });
});

test("the outputs say what the cluster is, and nothing secret", () => {
  const { kubernetes, machines } = readTestbed(testbed, "lab");
  expect(kubernetes).toEqual({
    version: "1.35.4",
    controlPlane: "cloud-0",
    workers: ["cloud-1", "cloud-2"],
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.96.0.0/12",
    server: `${machines[0]?.address ?? ""}:6443`,
  });
  expect(JSON.stringify(testbed)).not.toContain("kubeconfig");
});
