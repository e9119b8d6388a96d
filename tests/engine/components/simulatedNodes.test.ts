// The simulator as the role puts it on a cluster, run on this host against a real API server, with its own rights.
import { execa, type ResultPromise } from "execa";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { defaultKubernetesVersion as defaultVersion } from "../../../components/kinds/kubernetes/versions.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { NativeApi, nativeProgram, noNativeApi } from "../../support/kubernetes/nativeApi.ts";
import { until } from "../../support/until.ts";

const role = join(import.meta.dirname, "../../../ansible/roles/kwok");
const version = /^kwok_version: (\S+)$/m.exec(readFileSync(join(role, "defaults/main.yml"), "utf8"))![1]!;
const kubectl = nativeProgram("kubernetes", defaultVersion, "kubectl");
const kwok = nativeProgram("kwok", version, "kwok");
const missing =
  noNativeApi ??
  (kubectl && kwok ? undefined : `kwok is not built on this host; ./strata mirror build kwok@${version}`);

interface Deployment {
  kind: string;
  spec?: { template: { spec: { containers: { args: string[] }[] } } };
}

/** The manifest for so many nodes, as the role's template makes it. */
async function manifest(directory: string, nodes: number): Promise<string> {
  const file = join(directory, "kwok.yaml");
  const template = `src=${join(role, "templates/kwok.yaml.j2")} dest=${file}`;
  const variables = JSON.stringify({ kwok_nodes: nodes, kwok_version: version });
  await execa("ansible", ["localhost", "-m", "ansible.builtin.template", "-a", template, "-e", variables]);
  return file;
}

const onApi = (): void => {
  const api = new NativeApi();
  let simulator: ResultPromise<{ all: true; reject: false }> | undefined;

  beforeAll(() => api.start());
  afterAll(async () => {
    simulator?.kill();
    await simulator;
    await api.stop();
  });

  test("a hundred nodes are ready, by what its role allows it, and then five hundred", async () => {
    const admin = join(api.directory, "admin");
    writeFileSync(admin, api.kubeconfig, { mode: 0o600 });
    const asAdmin = async (...args: string[]) => (await execa(kubectl!, ["--kubeconfig", admin, ...args])).stdout;
    const file = await manifest(api.directory, 100);
    const apply = () => asAdmin("apply", "--server-side", "--filename", file);
    await apply();

    const own = join(api.directory, "own");
    const token = await asAdmin("create", "token", "kwok", "--namespace", "kube-system");
    writeFileSync(own, api.kubeconfigOf(token), { mode: 0o600 });
    const objects = parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS() as Deployment);
    const { args } = objects.find(({ kind }) => kind === "Deployment")!.spec!.template.spec.containers[0]!;
    const words = args.map((word) => word.replace("$(POD_IP)", "192.0.2.7"));
    simulator = execa(kwok!, ["--kubeconfig", own, ...words], { all: true, reject: false });

    const ready = async () => (await asAdmin("get", "nodes", "--no-headers")).match(/^simulated-\d+ +Ready /gm)?.length;
    await until("100 nodes to be ready", 5 * 60_000, async () => (await ready()) === 100);
    await manifest(api.directory, 500);
    await apply();
    await until("500 nodes to be ready", 5 * 60_000, async () => (await ready()) === 500);
  });
};

describeUnless(missing, "simulated nodes, on a real API server", onApi);
