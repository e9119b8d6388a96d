import { Kubeconfig, Node, type NodeArgs } from "@strata/resources";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { kubeconfigIn } from "../../../cli/kubeconfig/state.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { controlPlanePrograms, RealControlPlane } from "../../support/kubernetes/realControlPlane.ts";
import { SshMachines, sshMachineProblem, type SshMachine } from "../../support/kubernetes/sshMachine.ts";
import { PluginStack } from "../../support/pluginStack.ts";
import { until } from "../../support/until.ts";
import { patient } from "../../support/patience.ts";

type Programs = NonNullable<ReturnType<typeof controlPlanePrograms>>;

function clusterTests(programs: Programs): void {
  let stack: PluginStack;
  let cluster: RealControlPlane;
  let machines: SshMachines | undefined;
  let control: SshMachine;
  let worker: SshMachine;
  let shown = "";
  /** Time for what its budget lets go; the other pod stays for all of it. */
  const drainSeconds = patient(5);

  beforeAll(async () => {
    stack = await PluginStack.create(["strata"]);
    const directory = join(stack.directory, "m");
    mkdirSync(directory);
    cluster = new RealControlPlane(join(directory, "cluster"), programs);
    await cluster.start();
    machines = new SshMachines(directory, stack.state, "lab");
    control = machines.add("cloud-0", "127.0.0.5");
    worker = machines.add("cloud-1", "127.0.0.6");
    writeFileSync(join(worker.directory, "admin.conf"), cluster.adminConfig);
    // The real kubeadm finds the cluster by its token and authority, and reads its configuration; the node that a
    // kubelet would make and report is made and reported by kubectl.
    worker.program(
      "kubeadm",
      `set -e
echo "$1" >> $MACHINE/calls
[ "$1" = join ] || { rm -rf /etc/kubernetes; exit 0; }
sed 's/"SystemVerification"/"all"/' "$3" > $MACHINE/join.json
${programs.kubeadm} join phase preflight --config $MACHINE/join.json
mkdir -p /etc/kubernetes/pki
${programs.kubectl} --kubeconfig $MACHINE/admin.conf config view --raw -o 'jsonpath={.clusters[0].cluster.certificate-authority-data}' | base64 -d > /etc/kubernetes/pki/ca.crt
echo kubeconfig > /etc/kubernetes/kubelet.conf
kubectl() { ${programs.kubectl} --kubeconfig $MACHINE/admin.conf "$@"; }
echo '{"apiVersion":"v1","kind":"Node","metadata":{"name":"cloud-1"}}' | kubectl create -f - >&2
kubectl patch node cloud-1 --subresource status --type merge -p '{"status":{"nodeInfo":{"kubeletVersion":"v1.35.4","architecture":"","bootID":"","containerRuntimeVersion":"","kernelVersion":"","kubeProxyVersion":"","machineID":"","operatingSystem":"","osImage":"","systemUUID":""},"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady","message":"ready","lastHeartbeatTime":"'$(date -u +%FT%TZ)'"}]}}' >&2
`,
    );
    worker.program("systemctl", "exit 0");
    worker.program("ip", "exit 0");
    for (const machine of [control, worker]) await machine.powerOn();
    control.exec(`mkdir -p /etc/kubernetes; cat > /etc/kubernetes/admin.conf <<'END'\n${cluster.adminConfig}END`);
  });

  afterAll(() => {
    machines?.stop();
    cluster.stop();
    stack.remove();
  });

  const server = () =>
    (parse(cluster.adminConfig) as { clusters: [{ cluster: { server: string } }] }).clusters[0].cluster.server;
  const config = () => {
    const is = { stack: "lab", machine: "cloud-0", address: control.address };
    return new Kubeconfig("kubeconfig", { ...is, server: server(), timeoutSeconds: patient(20) });
  };
  const program =
    (more: Partial<NodeArgs> = {}) =>
    () => {
      const { kubeconfig } = config();
      const to = { machine: "cloud-0", address: control.address };
      const is = { stack: "lab", machine: "cloud-1", address: worker.address, control: to };
      new Node("cloud-1", { ...is, version: "1.35.4", timeoutSeconds: patient(60), drainSeconds, ...more });
      return Promise.resolve({ kubeconfig });
    };
  const withoutNode = () => Promise.resolve({ kubeconfig: config().kubeconfig });
  const field = (path: string, ...what: string[]) => cluster.kubectl("get", ...what, "-o", `jsonpath=${path}`);

  test("kubeconfig is a secret that kubectl can use", async () => {
    expect(await stack.up(withoutNode)).toMatchObject({ create: 2 });
    const { kubeconfig } = await stack.outputs();
    expect(kubeconfig?.secret).toBe(true);
    expect(stack.keptState()).not.toContain("client-key-data");
    expect(kubeconfigIn(await stack.exported())).toBe(kubeconfig?.value);
    const file = join(stack.directory, "kubeconfig");
    writeFileSync(file, String(kubeconfig?.value), { mode: 0o600 });
    expect(cluster.kubectl("--kubeconfig", file, "auth", "can-i", "*", "*").trim()).toBe("yes");
  });

  test("kubeadm accepts configuration and token, the controller manager its signature; the token does not stay", async () => {
    expect(await stack.up(program(), (text) => (shown += text))).toMatchObject({ create: 1, same: 2 });
    expect(readFileSync(join(worker.directory, "calls"), "utf8")).toBe("join\n");
    const { discovery } = JSON.parse(readFileSync(join(worker.directory, "join.json"), "utf8")) as {
      discovery: { bootstrapToken: { token: string } };
    };
    const [id = "", secret] = discovery.bootstrapToken.token.split(".");
    expect(shown + stack.keptState()).not.toContain(secret);
    expect(field("{.items[*].metadata.name}", "secrets", "-n", "kube-system")).not.toContain(id);
  });

  test("an API server that is killed and comes back, knows no roles for a while, or waits for its etcd: the join goes on", async () => {
    const asAdmin = (config: string) => control.exec(`cat > /etc/kubernetes/admin.conf <<'END'\n${config}END`);
    await stack.up(withoutNode);
    // Whose roles nobody has made yet: what an API server says of its administrator until it has read the roles.
    asAdmin(cluster.roleAdminConfig);
    shown = "";
    const up = stack.up(program({ timeoutSeconds: patient(240) }), (text) => (shown += text));
    const waitsFor = async (what: RegExp) =>
      until(`up to show ${what.source}`, 120_000, () => Promise.resolve(what.test(shown)));
    await waitsFor(/the Kubernetes API can't answer GET \/api\/v1\/nodes\/cloud-1 now: 403 /);
    cluster.killApi();
    await waitsFor(/does not answer|can't answer .* now: 5/);
    cluster.startApi();
    await cluster.untilReady();
    const admins = "kubeadm:cluster-admins";
    cluster.kubectl("create", "clusterrolebinding", admins, "--clusterrole", "cluster-admin", "--group", admins);
    expect(await up).toMatchObject({ create: 1 });
    expect(field("{.items[*].metadata.name}", "nodes")).toBe("cloud-1");

    cluster.holdEtcd(true);
    shown = "";
    const labelled = stack.up(
      program({ timeoutSeconds: patient(240), labels: { held: "yes" } }),
      (text) => (shown += text),
    );
    await waitsFor(/waiting for the (Kubernetes API|control plane) on cloud-0/);
    cluster.holdEtcd(false);
    await labelled;
    expect(field("{.metadata.labels.held}", "node", "cloud-1")).toBe("yes");
    asAdmin(cluster.adminConfig);
    await stack.up(program());
  });

  test("labels and taints, beside the cluster's own", async () => {
    cluster.kubectl("taint", "node", "cloud-1", "theirs=1:PreferNoSchedule");
    await stack.up(program({ labels: { "strata.dev/tier": "cloud" }, taints: ["dedicated=broker:NoSchedule"] }));
    expect(field("{.metadata.labels}", "node", "cloud-1")).toContain('"strata.dev/tier":"cloud"');
    expect(field("{.spec.taints[*].key}", "node", "cloud-1")).toBe("theirs dedicated");
    expect(await stack.refresh()).toMatchObject({ update: 0 });
    await stack.up(program());
    expect(field("{.spec.taints[*].key}", "node", "cloud-1")).toBe("theirs");
    expect(field("{.metadata.labels}", "node", "cloud-1")).not.toContain("strata.dev/tier");
  });

  test("a node that left is noticed, and joins again", async () => {
    rmSync(join(worker.directory, "calls"));
    cluster.kubectl("delete", "node", "cloud-1");
    expect(await stack.refresh()).toMatchObject({ delete: 1 });
    expect(await stack.up(program())).toMatchObject({ create: 1 });
    expect(readFileSync(join(worker.directory, "calls"), "utf8")).toBe("reset\njoin\n");
  });

  test("the end drains, heeds a disruption budget for its limit, and deletes the node", async () => {
    const pod = (name: string) => ({
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name, labels: { app: name } } },
      spec: {
        nodeName: "cloud-1",
        terminationGracePeriodSeconds: 0,
        automountServiceAccountToken: false,
        containers: [{ name: "c", image: "none" }],
      },
    });
    const guarded = { minAvailable: 1, selector: { matchLabels: { app: "guarded" } } };
    const budget = { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "b" }, spec: guarded };
    const list = { apiVersion: "v1", kind: "List", items: [budget, pod("web"), pod("guarded")] };
    cluster.kubectlStdin(JSON.stringify(list), "create", "-f", "-");
    const running = { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } };
    for (const name of ["web", "guarded"]) {
      cluster.kubectl(
        "patch",
        "pod",
        name,
        "--subresource",
        "status",
        "--type",
        "merge",
        "-p",
        JSON.stringify(running),
      );
    }
    shown = "";
    expect(await stack.up(withoutNode, (text) => (shown += text))).toMatchObject({ delete: 1 });
    expect(shown).toContain(`cloud-1 leaves with pods that did not end in ${drainSeconds} s: default/guarded`);
    expect(field("{.items[*].metadata.name}", "nodes")).toBe("");
    expect(existsSync(join(worker.directory, "calls"))).toBe(true);
    expect(readFileSync(join(worker.directory, "calls"), "utf8")).toMatch(/reset\n$/);
  });

  test("a kubeconfig that changed on its machine is read again, one that was deleted is missed", async () => {
    const file = "/etc/kubernetes/admin.conf";
    control.exec(`sed -i 's/super-admin/other/g' ${file}`);
    await stack.refresh();
    await stack.up(withoutNode);
    expect(String((await stack.outputs()).kubeconfig?.value)).toContain("kubernetes-other");
    control.exec(`mv ${file} ${file}.away`);
    expect(await stack.refresh()).toMatchObject({ delete: 1 });
    expect(await stack.failure(withoutNode)).toContain(
      "cloud-0 has no control plane (/etc/kubernetes/admin.conf is missing)",
    );
    control.exec(`mv ${file}.away ${file}`);
    expect(await stack.up(withoutNode)).toMatchObject({ create: 1 });
  });

  test("one that its cluster has lost is made again, by the role's command and the real kubeadm", async () => {
    const role = join(import.meta.dirname, "../../../ansible/roles/kubernetes_control");
    const command = readFileSync(join(role, "templates/control-plane.sh.j2"), "utf8");
    // Of the host's directories, /var/log is not the machine's own.
    const own = command.replaceAll(/\{\{.*?\}\}/g, "none").replace("/var/log/", "/run/");
    control.program("strata-control-plane", own);
    control.program("kubeadm", `exec ${programs.kubeadm} "$@"\n`);
    control.exec(
      `mkdir -p /etc/strata; cp ${cluster.configuration} /etc/strata/kubeadm.yaml; : > /etc/strata/control-plane`,
    );
    control.exec("rm /etc/kubernetes/*.conf");
    // A refresh only sees it.
    expect(await stack.refresh()).toMatchObject({ delete: 1 });
    expect(control.exec("ls /etc/kubernetes")).toBe("");
    expect(await stack.up(withoutNode)).toMatchObject({ create: 1 });
    expect(control.exec("ls /etc/kubernetes")).toBe("admin.conf\nsuper-admin.conf\n");
    const kept = join(stack.directory, "kubeconfig");
    writeFileSync(kept, String((await stack.outputs()).kubeconfig?.value), { mode: 0o600 });
    const who = cluster.kubectl("--kubeconfig", kept, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}");
    expect(who).toBe("kubernetes-admin");
  });

  test("a machine that can't be asked leaves what is known", async () => {
    const before = (await stack.outputs()).kubeconfig;
    control.powerOff();
    expect(await stack.refresh()).toMatchObject({ delete: 0, update: 0 });
    expect((await stack.outputs()).kubeconfig).toEqual(before);
    await stack.destroy();
  });
}

const found = controlPlanePrograms();
const problem =
  sshMachineProblem() ?? (found === undefined ? "no control plane was built from Go modules here" : undefined);
describeUnless(
  problem,
  "kubeconfig and nodes, with real ssh, API, controllers and discovery; the kubelet is simulated",
  () => {
    clusterTests(found!);
  },
);
