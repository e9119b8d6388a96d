import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { containerRecipe } from "../../../../../artifacts/oci/recipe.ts";
import type { TestbedArgs } from "../../../../../components/experiment/whole/testbed.ts";
import { registrationsOf, type Registration } from "../../../../support/registrations.ts";

const state = mkdtempSync(join(tmpdir(), "strata-workload-"));
process.env.STRATA_STATE = state;
mkdirSync(join(state, "stacks/lab/passwords"), { recursive: true });
writeFileSync(join(state, "stacks/lab/passwords/mqtt"), "of the stack\n");

afterAll(() => {
  rmSync(state, { recursive: true });
});

const argsOf = (
  cloud: number,
  benchmark: object = { worker: "kubernetes", applicationsPerWorker: 2 },
): TestbedArgs => ({
  provider: { kind: "libvirt", network: "10.83.0.0/16" },
  tiers: { cloud: { count: cloud, cpus: 2, memory: "2 GiB" }, edge: { count: 1 }, endpoint: { count: 1 } },
  software: [{ kind: "kubernetes" }, { kind: "mqtt", on: "edge" }],
  benchmark: { workload: "image-classification", ...benchmark },
});

const { registrations } = await registrationsOf("lab", argsOf(3));
const one = (type: string, of = registrations): Registration => {
  const found = of.filter((registration) => registration.type === type);
  expect(found).toHaveLength(1);
  return found[0]!;
};

test("image, broker and password reach the workers on the cluster; what is on it goes with the control plane", () => {
  expect(one("strata:kubernetes:WorkerDeployment")).toMatchObject({
    parent: "lab",
    inputs: {
      workers: 2,
      image: containerRecipe("worker").image,
      applicationsPerWorker: 2,
      workerCpu: 0.75,
      workerMemoryMiB: 640,
    },
  });
  const provider = one("pulumi:providers:kubernetes");
  expect(provider).toMatchObject({ deletedWith: "cloud-0" });
  expect(provider.inputs).toMatchObject({ kubeconfig: "kubeconfig.kubeconfig", clusterIdentifier: "cloud-0.id" });
  const secret = one("kubernetes:core/v1:Secret");
  expect(secret).toMatchObject({ deletedWith: "cloud-0", secrets: ["stringData"] });
  const { stringData } = secret.inputs as { stringData: Record<string, string> };
  expect(JSON.parse(stringData["workload.json"] ?? "")).toEqual({
    broker: { host: "10.83.64.1", port: 1883, username: "strata", password: "of the stack" },
  });
});

test("one worker more is two pods more", async () => {
  const replicas = (of: Registration[]): unknown =>
    (one("kubernetes:apps/v1:Deployment", of).inputs as { spec: { replicas: number } }).spec.replicas;
  expect(replicas(registrations)).toBe(4);
  expect(replicas((await registrationsOf("lab", argsOf(4))).registrations)).toBe(6);
});

test("workers on machines of no cluster need no objects on it", async () => {
  const elsewhere = await registrationsOf("lab", argsOf(3, { worker: "edge" }));
  expect(
    elsewhere.registrations.filter(({ type }) => type.includes("kubernetes:") && !type.startsWith("strata:")),
  ).toEqual([]);
});
