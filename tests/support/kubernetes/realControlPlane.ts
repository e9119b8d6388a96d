import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../../../local/cacheDirectory.ts";
import { freePort } from "../ports.ts";
import { until } from "../until.ts";

const programs = ["kubeadm", "kubectl", "kube-apiserver", "kube-controller-manager", "etcd"] as const;
type Program = (typeof programs)[number];

/** The programs that `strata mirror` built from Go modules here, newest first; undefined where one is missing. */
export function controlPlanePrograms(): Record<Program, string> | undefined {
  const store = join(cacheDirectory(), "go");
  const builds = existsSync(store) ? readdirSync(store).map((build) => join(store, build)) : [];
  const found = programs.map((name) => [
    name,
    builds.map((build) => join(build, name)).find((file) => existsSync(file)),
  ]);
  if (found.some(([, file]) => file === undefined)) return undefined;
  return Object.fromEntries(found) as Record<Program, string>;
}

/** etcd, API server and controller manager of a real cluster as processes of this host; no node, no kubelet. */
export class RealControlPlane {
  readonly #directory: string;
  readonly #programs: Record<Program, string>;
  readonly #children: ChildProcess[] = [];
  #port = 0;
  #etcd: ChildProcess | undefined;
  #api: ChildProcess | undefined;
  #apiArguments: string[] = [];

  constructor(directory: string, found: Record<Program, string>) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
    this.#programs = found;
  }

  /** Of a user who may do all things whatever the roles say. */
  get adminConfig(): string {
    return readFileSync(this.#file("super-admin.conf"), "utf8");
  }

  /** Of the user that clusters are worked with: what it may do is a matter of roles. */
  get roleAdminConfig(): string {
    return readFileSync(this.#file("admin.conf"), "utf8");
  }

  /** File that kubeadm made it by. */
  get configuration(): string {
    return this.#file("init.json");
  }

  async start(): Promise<void> {
    const [etcd, peer, api, controllers] = [await freePort(), await freePort(), await freePort(), await freePort()];
    this.#port = api;
    this.#writeConfiguration();
    const config = ["--config", this.configuration];
    this.#kubeadm("init", "phase", "certs", "all", ...config);
    for (const user of ["super-admin", "admin", "controller-manager"]) {
      this.#kubeadm("init", "phase", "kubeconfig", user, ...config, "--kubeconfig-dir", this.#directory);
    }
    const [clients, peers] = [`http://127.0.0.1:${etcd}`, `http://127.0.0.1:${peer}`];
    this.#etcd = this.#run("etcd", [
      ...["--data-dir", this.#file("etcd"), "--unsafe-no-fsync", "--name", "default"],
      ...["--listen-client-urls", clients, "--advertise-client-urls", clients],
      ...["--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", `default=${peers}`],
    ]);
    this.#apiArguments = this.#argumentsOfApi(clients, api);
    this.startApi();
    const pki = (name: string) => this.#file(`pki/${name}`);
    await this.untilReady();
    this.#run("kube-controller-manager", [
      ...["--kubeconfig", this.#file("controller-manager.conf"), "--master", `https://127.0.0.1:${api}`],
      ...["--controllers", "*,bootstrapsigner,tokencleaner"],
      "--use-service-account-credentials",
      ...["--root-ca-file", pki("ca.crt"), "--service-account-private-key-file", pki("sa.key")],
      ...["--cluster-signing-cert-file", pki("ca.crt"), "--cluster-signing-key-file", pki("ca.key")],
      // It would end when the API is away for longer than a leader may be, and nobody here starts it again.
      "--leader-elect=false",
      // Nobody reports for the nodes of a test.
      ...["--node-monitor-grace-period", "1h", "--bind-address", "127.0.0.1", "--secure-port", String(controllers)],
    ]);
    // What lets machines join: roles, and the public description of the cluster.
    const admin = ["--kubeconfig", this.#file("super-admin.conf")];
    this.#kubeadm("init", "phase", "upload-config", "all", ...admin, ...config);
    this.#kubeadm("init", "phase", "bootstrap-token", ...admin, ...config, "--skip-token-print");
  }

  /** What kubectl prints. */
  kubectl(...args: string[]): string {
    const config = ["--kubeconfig", this.#file("super-admin.conf")];
    return execFileSync(this.#programs.kubectl, [...config, ...args], { encoding: "utf8", stdio: "pipe" });
  }

  kubectlStdin(input: string, ...args: string[]): string {
    const config = ["--kubeconfig", this.#file("super-admin.conf")];
    return execFileSync(this.#programs.kubectl, [...config, ...args], { encoding: "utf8", input, stdio: "pipe" });
  }

  /** The API server alone; it answers some seconds later. */
  startApi(): void {
    this.#api = this.#run("kube-apiserver", this.#apiArguments);
  }

  /** Kills the API server alone. */
  killApi(): void {
    this.#api?.kill("SIGKILL");
  }

  /** Holds etcd in its work, or lets it go on. */
  holdEtcd(held: boolean): void {
    this.#etcd?.kill(held ? "SIGSTOP" : "SIGCONT");
  }

  stop(): void {
    for (const child of this.#children.reverse()) child.kill("SIGKILL");
  }

  #file(name: string): string {
    return join(this.#directory, name);
  }

  #writeConfiguration(): void {
    const version = "kubeadm.k8s.io/v1beta4";
    const documents = [
      {
        apiVersion: version,
        kind: "InitConfiguration",
        // kubeadm takes no address of the loop-back interface; nothing uses this one.
        localAPIEndpoint: { advertiseAddress: "10.99.9.9", bindPort: this.#port },
      },
      {
        apiVersion: version,
        kind: "ClusterConfiguration",
        kubernetesVersion: "1.35.4",
        certificatesDir: this.#file("pki"),
        controlPlaneEndpoint: `127.0.0.1:${this.#port}`,
        apiServer: { certSANs: ["127.0.0.1"] },
      },
    ];
    writeFileSync(this.configuration, documents.map((one) => JSON.stringify(one)).join("\n---\n"));
  }

  #kubeadm(...args: string[]): void {
    execFileSync(this.#programs.kubeadm, args, { stdio: "pipe" });
  }

  #argumentsOfApi(clients: string, api: number): string[] {
    const pki = (name: string) => this.#file(`pki/${name}`);
    return [
      ...["--etcd-servers", clients, "--bind-address", "127.0.0.1", "--secure-port", String(api)],
      ...["--tls-cert-file", pki("apiserver.crt"), "--tls-private-key-file", pki("apiserver.key")],
      ...["--client-ca-file", pki("ca.crt"), "--service-account-key-file", pki("sa.pub")],
      ...[
        "--service-account-signing-key-file",
        pki("sa.key"),
        "--service-account-issuer",
        "https://kubernetes.default.svc",
      ],
      ...["--enable-bootstrap-token-auth", "--authorization-mode", "Node,RBAC"],
      ...["--enable-admission-plugins", "NodeRestriction", "--service-cluster-ip-range", "10.96.0.0/16"],
    ];
  }

  #run(name: Program, args: string[]): ChildProcess {
    const log = openSync(this.#file(`${name}.log`), "a");
    const child = spawn(this.#programs[name], args, { stdio: ["ignore", log, log] });
    this.#children.push(child);
    return child;
  }

  /** Waits until the API server is ready. */
  async untilReady(): Promise<void> {
    const ready = () => this.kubectl("get", "--raw", "/readyz") === "ok";
    try {
      await until("the API server to be ready", 5 * 60_000, ready, 200);
    } catch (error) {
      const log = readFileSync(this.#file("kube-apiserver.log"), "utf8").slice(-2000);
      throw new Error(`the API server does not start: ${log}`, { cause: error });
    }
  }
}
