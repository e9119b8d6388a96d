import * as pulumi from "@pulumi/pulumi";
import { disconnect } from "@pulumi/pulumi/runtime/settings.js";
import { clusterProvider } from "../../../../../components/kinds/kubernetes/resources/provider.ts";
import { WorkerDeployment } from "../../../../../components/kinds/kubernetes/resources/worker.ts";
import { recordRegistrations, type Registration } from "../../../../support/registrations.ts";

class Machine extends pulumi.CustomResource {
  constructor() {
    super("test:index:Machine", "cloud-0", {});
  }
}

async function register(workers: number, applicationsPerWorker = 1): Promise<Registration[]> {
  const { registrations } = await recordRegistrations();
  const machine = new Machine();
  const access = { kubeconfig: pulumi.secret("the kubeconfig"), identity: machine.id };
  const provider = clusterProvider(access, { deletedWith: machine });
  new WorkerDeployment(
    {
      workers,
      role: "worker",
      image: "strata/worker:0123456789abcdef",
      deployment: { applicationsPerWorker, workerCpu: 1.5, workerMemoryMiB: 512 },
      broker: { host: "10.83.0.1", port: 1883, username: "strata" },
      password: pulumi.secret("of the stack"),
    },
    { providers: { kubernetes: provider }, deletedWith: machine },
  );
  await disconnect();
  return registrations;
}

const registrations = await register(2, 3);
const find = (type: string): Registration => registrations.find((one) => one.type === type)!;
const labels = { "app.kubernetes.io/name": "strata-worker", "app.kubernetes.io/part-of": "strata" };
const metadata = { name: "strata-worker", namespace: "strata", labels };

test("what there is on the cluster, all of it by the cluster's provider, and gone with the control plane", () => {
  const own = registrations.filter(({ type }) => type.startsWith("kubernetes:"));
  expect(own.map(({ type, parent, provider, deletedWith }) => [type, parent, provider, deletedWith])).toEqual(
    ["core/v1:Namespace", "core/v1:ServiceAccount", "core/v1:Secret", "apps/v1:Deployment"].map((type) => [
      `kubernetes:${type}`,
      "strata-worker",
      "pulumi:providers:kubernetes",
      "cloud-0",
    ]),
  );
  expect(find("strata:kubernetes:WorkerDeployment").inputs).toEqual({
    workers: 2,
    image: "strata/worker:0123456789abcdef",
    applicationsPerWorker: 3,
    workerCpu: 1.5,
    workerMemoryMiB: 512,
  });
});

test("the provider has the kubeconfig as a secret, and knows the cluster by the control plane's machine", () => {
  const { inputs, secrets } = find("pulumi:providers:kubernetes");
  expect(inputs).toEqual({
    kubeconfig: "the kubeconfig",
    clusterIdentifier: "cloud-0.id",
    enableServerSideApply: "true",
    kubeClientSettings: JSON.stringify({ timeout: 600 }),
  });
  expect(secrets).toContain("kubeconfig");
});

test("the broker's address and password are a secret in the state, in the form that the worker reads", () => {
  const { inputs, secrets } = find("kubernetes:core/v1:Secret");
  expect(secrets).toContain("stringData");
  expect(inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata,
    type: "Opaque",
    stringData: {
      "workload.json": '{"broker":{"host":"10.83.0.1","port":1883,"username":"strata","password":"of the stack"}}',
    },
  });
});

test("the pods: so many a worker, spread evenly, with Continuum's requests as limits too, each waiting for runs", () => {
  const resources = { cpu: "1500m", memory: "512Mi" };
  const probe = { httpGet: { path: "/", port: 8080 } };
  expect(find("kubernetes:apps/v1:Deployment").inputs).toEqual({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      replicas: 6,
      progressDeadlineSeconds: 3600,
      selector: { matchLabels: labels },
      strategy: { type: "Recreate" },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: "strata-worker",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 10,
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  {
                    matchExpressions: [
                      { key: "node-role.kubernetes.io/control-plane", operator: "DoesNotExist" },
                      { key: "type", operator: "NotIn", values: ["simulated"] },
                    ],
                  },
                ],
              },
            },
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "DoNotSchedule",
              labelSelector: { matchLabels: labels },
              nodeTaintsPolicy: "Honor",
            },
          ],
          tolerations: ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].map((key) => ({
            key,
            operator: "Exists",
            effect: "NoExecute",
            tolerationSeconds: 30,
          })),
          containers: [
            {
              name: "worker",
              image: "strata/worker:0123456789abcdef",
              imagePullPolicy: "IfNotPresent",
              args: ["supervise"],
              env: [
                { name: "STRATA_POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
                { name: "STRATA_RUNS_DIR", value: "/run-dir" },
                { name: "STRATA_CONFIG", value: "/etc/strata/workload.json" },
                { name: "STRATA_READY_PORT", value: "8080" },
              ],
              ports: [{ name: "ready", containerPort: 8080 }],
              resources: { requests: resources, limits: resources },
              startupProbe: { ...probe, periodSeconds: 1, timeoutSeconds: 30, failureThreshold: 1800 },
              readinessProbe: { ...probe, periodSeconds: 10, timeoutSeconds: 30 },
              volumeMounts: [
                { name: "broker", mountPath: "/etc/strata", readOnly: true },
                { name: "runs", mountPath: "/run-dir" },
              ],
            },
          ],
          volumes: [
            { name: "broker", secret: { secretName: "strata-worker", defaultMode: 0o400 } },
            { name: "runs", hostPath: { path: "/var/lib/strata/runs", type: "DirectoryOrCreate" } },
          ],
        },
      },
    },
  });
});

test("one more worker changes nothing but the number of pods", async () => {
  const spec = (of: Registration[]) => {
    const { spec: own } = of.find(({ type }) => type === "kubernetes:apps/v1:Deployment")!.inputs;
    return own as { replicas: number; template: unknown };
  };
  const more = spec(await register(3, 3));
  expect(more.replicas).toBe(9);
  expect({ ...more, replicas: 6 }).toEqual(spec(registrations));
});
