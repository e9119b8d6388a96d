// kubeadm's and the kubelet's configuration as the roles render it, and what the real kubeadm makes of it.
import { execa } from "execa";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { defaultKubernetesVersion as defaultVersion } from "../../../components/kinds/kubernetes/versions.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { nativeProgram } from "../../support/kubernetes/nativeApi.ts";

const roles = join(import.meta.dirname, "../../../ansible/roles");
const kubeadm = nativeProgram("kubernetes", defaultVersion, "kubeadm");
const parts = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-kubeadm-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** Where the templates of a machine are, as the roles make them. */
async function rendered(emulated: boolean): Promise<string> {
  const out = join(directory, emulated ? "emulated" : "kvm");
  const patches = join(out, "patches");
  mkdirSync(patches, { recursive: true });
  const template = (role: string, name: string, to: string, vars = {}) => ({
    "ansible.builtin.template": { src: join(roles, role, "templates", `${name}.j2`), dest: join(out, to) },
    vars,
  });
  const play = {
    ...{ hosts: "localhost", connection: "local", gather_facts: false },
    vars: {
      kubernetes_node_emulated: emulated,
      ...{ kubernetes_node_kubelet_config: { maxPods: 50 }, kubernetes_node_features: {} },
      ...{ kubernetes_node_address: "10.83.0.10", kubernetes_node_service_cidr: "10.96.0.0/12" },
      ...{ kubernetes_control_version: defaultVersion, kubernetes_control_name: "cloud-0" },
      ...{ kubernetes_control_address: "10.83.0.10", kubernetes_control_features: { InPlacePodVerticalScaling: true } },
      ...{ kubernetes_control_pod_cidr: "10.244.0.0/16", kubernetes_control_service_cidr: "10.96.0.0/12" },
    },
    tasks: [
      template("kubernetes_control", "kubeadm.yaml", "kubeadm.yaml"),
      template("kubernetes_control", "kubeadm-upgrade.yaml", "upgrade.yaml"),
      template("kubernetes_control", "coredns.yaml", "patches/corednsdeployment+strategic.json"),
      ...parts.map((part) =>
        template("kubernetes_control", "probes.yaml", `patches/${part}+strategic.json`, {
          kubernetes_control_part: part,
        }),
      ),
      template("kubernetes_node", "kubelet.conf", "kubelet.conf"),
      template("kubernetes_node", "kubelet.service", "kubelet.service"),
    ],
  };
  const book = join(out, "render.yml");
  writeFileSync(book, JSON.stringify([play]));
  await execa("ansible-playbook", [book], { env: { ANSIBLE_LOCALHOST_WARNING: "false", LC_ALL: "C.UTF-8" } });
  return out;
}

interface InitConfiguration {
  patches?: { directory: string };
  timeouts?: object;
}
interface Arguments {
  extraArgs: { name: string; value: string }[];
}
interface ClusterConfiguration {
  controllerManager: Arguments;
  etcd?: { local: Arguments };
}

type Named = Record<string, string>;

/** What kubeadm is told, and with which arguments it starts controller manager and etcd. */
function configurationIn(out: string): [InitConfiguration, Named, Named] {
  const [init, cluster] = parseAllDocuments(readFileSync(join(out, "kubeadm.yaml"), "utf8")).map(
    (document) => document.toJS() as unknown,
  );
  const { controllerManager, etcd } = cluster as ClusterConfiguration;
  const named = (part?: Arguments): Named =>
    Object.fromEntries((part?.extraArgs ?? []).map(({ name, value }) => [name, value]));
  return [init as InitConfiguration, named(controllerManager), named(etcd?.local)];
}

test("with hardware acceleration kubeadm and the kubelet keep their own limits", async () => {
  const out = await rendered(false);
  const [{ patches, timeouts }, controllers, etcd] = configurationIn(out);
  expect([patches, timeouts, controllers["node-monitor-grace-period"]]).toEqual([undefined, undefined, undefined]);
  expect(etcd).toEqual({});
  expect(JSON.parse(readFileSync(join(out, "kubelet.conf"), "utf8"))).toEqual({
    ...{ apiVersion: "kubelet.config.k8s.io/v1beta1", kind: "KubeletConfiguration" },
    ...{ resolvConf: "/etc/strata/resolv.conf", maxPods: 50 },
  });
  expect(readFileSync(join(out, "kubelet.service"), "utf8")).not.toMatch(/housekeeping|TimerSlack/);
});

test("an emulated machine has more time before it counts as dead, what idles costs less, and a user's options come last", async () => {
  const out = await rendered(true);
  const [{ patches, timeouts }, controllers, etcd] = configurationIn(out);
  expect(patches).toEqual({ directory: "/etc/strata/kubeadm-patches" });
  expect(timeouts).toEqual({
    ...{ controlPlaneComponentHealthCheck: "20m", kubeletHealthCheck: "10m" },
    ...{ kubernetesAPICall: "10m", etcdAPICall: "10m" },
  });
  expect(controllers).toMatchObject({
    "leader-elect-lease-duration": "180s",
    "leader-elect-renew-deadline": "150s",
    "node-monitor-grace-period": "120s",
  });
  expect(JSON.parse(readFileSync(join(out, "kubelet.conf"), "utf8"))).toMatchObject({
    ...{ maxPods: 50, nodeLeaseDurationSeconds: 80, runtimeRequestTimeout: "15m" },
  });
  expect(etcd).toEqual({ "heartbeat-interval": "500", "election-timeout": "5000" });
  const coredns = readFileSync(join(out, "patches/corednsdeployment+strategic.json"), "utf8");
  expect(JSON.parse(coredns)).toMatchObject({ spec: { replicas: 1 } });
  const kubelet = readFileSync(join(out, "kubelet.service"), "utf8");
  expect(kubelet).toMatch(/^TimerSlackNSec=50ms$/m);
  expect(kubelet).toMatch(/--housekeeping-interval=60s/);
});

test("flannel looks at its rules once a minute", () => {
  const flannel = readFileSync(join(roles, "flannel/templates/flannel.yaml.j2"), "utf8");
  expect(flannel).toMatch(/command: \[.*flanneld.* --iptables-resync=60\]/);
});

describeUnless(
  kubeadm === undefined ? "no control plane was built from Go modules here" : undefined,
  "what the real kubeadm makes of it",
  () => {
    test("the configuration is valid, and each part's probes are the patient ones", async () => {
      const out = await rendered(true);
      const config = join(out, "kubeadm.yaml");
      const own = readFileSync(config, "utf8")
        .replace("/etc/strata/kubeadm-patches", join(out, "patches"))
        .replace("\nnetworking:", `\ncertificatesDir: ${join(out, "pki")}\nnetworking:`);
      writeFileSync(config, own);
      const manifests = join(out, "manifests");
      mkdirSync(manifests);
      const run = (...args: string[]) =>
        execa(kubeadm!, [...args, "--config", config], { env: { KUBEADM_INIT_DRYRUN_DIR: manifests } });
      await run("config", "validate");
      await execa(kubeadm!, ["config", "validate", "--config", join(out, "upgrade.yaml")]);
      await run("init", "phase", "certs", "all");
      await run("init", "phase", "control-plane", "all", "--dry-run");
      await run("init", "phase", "etcd", "local", "--dry-run");
      const made = readdirSync(manifests, { recursive: true, encoding: "utf8" }).filter((name) =>
        name.endsWith(".yaml"),
      );
      const probes = made.map((name) => {
        const { spec } = parse(readFileSync(join(manifests, name), "utf8")) as {
          spec: { containers: [Record<string, { failureThreshold: number; timeoutSeconds: number } | undefined>] };
        };
        const [{ livenessProbe, startupProbe }] = spec.containers;
        return [
          name.split("/").at(-1),
          livenessProbe?.failureThreshold,
          livenessProbe?.timeoutSeconds,
          startupProbe?.failureThreshold,
        ];
      });
      expect(probes.sort()).toEqual(parts.map((part) => [`${part}.yaml`, 30, 60, 240]));
    });
  },
);
