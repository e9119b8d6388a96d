import type { TestbedArgs } from "../../../components/experiment/whole/testbed.ts";
import { editOf, opsOf, type Edit } from "../../support/ops.ts";
import { registrationsOf, type Registration } from "../../support/registrations.ts";

/** What an edit of a testbed may change. */
interface Setting {
  endpoints: number;
  memory: "512 MiB" | "1 GiB";
  quota: number;
  latency: "45 ms" | "15 ms";
  slowStart: boolean;
  mqtt: boolean;
}

const now: Setting = { endpoints: 2, memory: "512 MiB", quota: 1, latency: "45 ms", slowStart: true, mqtt: true };

const argsOf = ({ endpoints, memory, quota, latency, slowStart, mqtt }: Setting): TestbedArgs => ({
  tiers: {
    cloud: { count: 2, memory: "1 GiB" },
    edge: { count: 1, memory, quota },
    endpoint: { count: endpoints, memory: "512 MiB" },
  },
  links: { preset: "4g", "cloud-endpoint": { latency } },
  ...(mqtt
    ? {
        software: [{ kind: "mqtt", on: "edge" }],
        benchmark: { workload: "image-classification", tcpSlowStartAfterIdle: slowStart },
      }
    : {}),
});

const build = async (setting: Partial<Setting>): Promise<Registration[]> =>
  (await registrationsOf("lab", argsOf({ ...now, ...setting }))).registrations;

const before = await build({});

async function edit(setting: Partial<Setting>): Promise<Edit> {
  return editOf(before, await build(setting));
}

/** 8 that the machines share, and 6 each. */
const all = 8 + 5 * 6;

test("no edit, no change", async () => {
  expect(opsOf(await edit({}))).toEqual({ create: 0, update: 0, replace: 0, delete: 0, same: all });
});

test("endpoint 2 -> 3 creates the new machine's resources alone", async () => {
  const change = await edit({ endpoints: 3 });
  expect(opsOf(change)).toEqual({ create: 6, update: 0, replace: 0, delete: 0, same: all });
  expect(change.create).toEqual([
    "endpoint-2",
    "endpoint-2-disk",
    "endpoint-2-reachable",
    "endpoint-2-seed",
    "endpoint-2-shaping",
    "endpoint-2-software",
  ]);
});

test("endpoint 2 -> 1 deletes the last machine's resources alone", async () => {
  const change = await edit({ endpoints: 1 });
  expect(opsOf(change)).toEqual({ create: 0, update: 0, replace: 0, delete: 6, same: all - 6 });
  expect(change.delete[0]).toBe("endpoint-1");
});

test("a link's latency updates the shaping of the machines at both ends", async () => {
  const change = await edit({ latency: "15 ms" });
  expect(opsOf(change)).toEqual({ create: 0, update: 4, replace: 0, delete: 0, same: all - 4 });
  expect(change.update).toEqual(["cloud-0-shaping", "cloud-1-shaping", "endpoint-0-shaping", "endpoint-1-shaping"]);
});

test("a tier's memory updates its machine", async () => {
  const change = await edit({ memory: "1 GiB" });
  expect(opsOf(change)).toEqual({ create: 0, update: 1, replace: 0, delete: 0, same: all - 1 });
  expect(change.update).toEqual(["edge-0"]);
});

test("a tier's quota updates its machine", async () => {
  const change = await edit({ quota: 0.5 });
  expect(opsOf(change)).toEqual({ create: 0, update: 1, replace: 0, delete: 0, same: all - 1 });
  expect(change.update).toEqual(["edge-0"]);
});

test("a role's variable updates the software of the machines that have the role", async () => {
  const change = await edit({ slowStart: false });
  expect(opsOf(change)).toEqual({ create: 0, update: 5, replace: 0, delete: 0, same: all - 5 });
  expect(change.update).toEqual(
    ["cloud-0", "cloud-1", "edge-0", "endpoint-0", "endpoint-1"].map((m) => `${m}-software`),
  );
});

test("without software the image is another, and so are the machines on it; roles are undone, the password goes", async () => {
  const change = await edit({ mqtt: false });
  expect(opsOf(change)).toEqual({ create: 0, update: 11, replace: 13, delete: 5, same: all - 29 });
  const machines = ["cloud-0", "cloud-1", "edge-0", "endpoint-0", "endpoint-1"];
  expect(change.replace).toEqual(
    ["disk", "initramfs", "kernel"]
      .map((kind) => `image-${kind}`)
      .concat(machines.flatMap((name) => [name, `${name}-disk`]))
      .sort(),
  );
  expect(change.update).toEqual(
    ["credentials", ...machines.flatMap((name) => [`${name}-reachable`, `${name}-shaping`])].sort(),
  );
  const software = ["cloud-0", "cloud-1", "edge-0", "endpoint-0", "endpoint-1"].map((m) => `${m}-software`);
  expect(change.delete).toEqual(software);
  for (const { name, inputs } of before.filter(({ name }) => software.includes(name))) {
    expect([name, inputs.delete]).toEqual([name, 'exec "${STRATA_NODE:-node}" components/software/runPhase.ts undo']);
  }
});

test("another machine under an old name gets its rules and its software anew", () => {
  const another = before.map((one) => {
    const inputs = JSON.parse(
      JSON.stringify(one.inputs).replaceAll('"edge-0.id"', '"another.id"'),
    ) as Registration["inputs"];
    return { ...one, inputs };
  });
  const change = editOf(before, another);
  expect(change.update).toEqual(["edge-0-reachable", "edge-0-shaping"]);
  expect(change.replace).toEqual(["edge-0-software"]);
});

test("components show an edit at its place", async () => {
  const changed = async (setting: Partial<Setting>): Promise<string[]> => {
    const after = await build(setting);
    return after
      .filter(({ custom, type, name, inputs }) => {
        const old = before.find((one) => one.type === type && one.name === name);
        return !custom && JSON.stringify(old?.inputs) !== JSON.stringify(inputs);
      })
      .map(({ type, name }) => `${type} ${name}`);
  };
  expect(await changed({ latency: "15 ms" })).toEqual(["strata:index:Testbed lab", "strata:net:Link cloud-endpoint"]);
  expect(await changed({ memory: "1 GiB" })).toEqual(["strata:index:Testbed lab", "strata:index:Machine edge-0"]);
});
