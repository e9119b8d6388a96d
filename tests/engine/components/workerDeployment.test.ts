// The workload's objects on a real API server, through the plugin that setup installs. No controllers: no pods.
import * as pulumi from "@pulumi/pulumi";
import { clusterProvider } from "../../../components/kinds/kubernetes/resources/provider.ts";
import { WorkerDeployment } from "../../../components/kinds/kubernetes/resources/worker.ts";
import { kubernetesPluginDirectory } from "../../../setup/steps/kubernetesPlugin.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { NativeApi, noNativeApi } from "../../support/kubernetes/nativeApi.ts";
import { PluginStack } from "../../support/pluginStack.ts";

const password = "of-the-broker";
const plugin = kubernetesPluginDirectory();
const missing = noNativeApi ?? (plugin === undefined ? "the plugin kubernetes is not installed" : undefined);

/** Without controllers a Deployment never becomes available: it is not waited for. */
const noWait: pulumi.ResourceTransformation = ({ type, props, opts }) =>
  type === "kubernetes:apps/v1:Deployment"
    ? { props: { ...props, metadata: { ...props.metadata, annotations: { "pulumi.com/skipAwait": "true" } } }, opts }
    : undefined;

const program = (kubeconfig: string, workers: number) => () => {
  const provider = clusterProvider({ kubeconfig: pulumi.secret(kubeconfig), identity: "native" }, {});
  new WorkerDeployment(
    {
      workers,
      role: "worker",
      image: "strata/worker:0123456789abcdef",
      deployment: { applicationsPerWorker: 2, workerCpu: 0.75, workerMemoryMiB: 200 },
      broker: { host: "10.83.0.1", port: 1883, username: "strata" },
      password: pulumi.secret(password),
    },
    { providers: { kubernetes: provider }, transformations: [noWait] },
  );
  return Promise.resolve();
};

const onApi = (): void => {
  const api = new NativeApi();
  let stack: PluginStack;

  beforeAll(async () => {
    process.env.PATH = `${plugin ?? ""}:${process.env.PATH ?? ""}`;
    stack = await PluginStack.create([]);
    await api.start();
  });

  afterAll(async () => {
    stack.remove();
    await api.stop();
  });

  test("up, one worker more, nothing to do", async () => {
    // Stack, provider, component and four objects.
    expect(await stack.up(program(api.kubeconfig, 1))).toEqual({
      create: 7,
      update: 0,
      replace: 0,
      delete: 0,
      same: 0,
    });
    expect(stack.keptState()).not.toContain(password);

    const secret = (await api.get("/api/v1/namespaces/strata/secrets/strata-worker")) as {
      data: Record<string, string>;
    };
    expect(JSON.parse(Buffer.from(secret.data["workload.json"] ?? "", "base64").toString())).toEqual({
      broker: { host: "10.83.0.1", port: 1883, username: "strata", password },
    });
    expect(await deployment()).toMatchObject({
      replicas: 2,
      template: {
        spec: {
          serviceAccountName: "strata-worker",
          containers: [{ args: ["supervise"], resources: { requests: { cpu: "750m", memory: "200Mi" } } }],
        },
      },
    });
    expect(await api.get("/api/v1/namespaces/strata/serviceaccounts/strata-worker")).toMatchObject({
      automountServiceAccountToken: false,
    });

    // The component, which shows how many workers there are, and the Deployment.
    expect(await stack.up(program(api.kubeconfig, 2))).toEqual({
      create: 0,
      update: 2,
      replace: 0,
      delete: 0,
      same: 5,
    });
    expect(await deployment()).toMatchObject({ replicas: 4 });
    expect(await stack.preview(program(api.kubeconfig, 2))).toEqual({
      create: 0,
      update: 0,
      replace: 0,
      delete: 0,
      same: 7,
    });
  });

  const deployment = async (): Promise<unknown> => {
    const { spec } = (await api.get("/apis/apps/v1/namespaces/strata/deployments/strata-worker")) as { spec: unknown };
    return spec;
  };
};

describeUnless(missing, "the worker deployment on an API server", onApi);
