import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheDirectory } from "../../../providers/kit/cacheDirectory.ts";

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

  constructor(directory: string, found: Record<Program, string>) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
    this.#programs = found;
  }

  get adminConfig(): string {
    return readFileSync(this.#file("super-admin.conf"), "utf8");
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
    for (const user of ["super-admin", "controller-manager"]) {
      this.#kubeadm("init", "phase", "kubeconfig", user, ...config, "--kubeconfig-dir", this.#directory);
    }
    const [clients, peers] = [`http://127.0.0.1:${etcd}`, `http://127.0.0.1:${peer}`];
    this.#run("etcd", [
      ...["--data-dir", this.#file("etcd"), "--unsafe-no-fsync", "--name", "default"],
      ...["--listen-client-urls", clients, "--advertise-client-urls", clients],
      ...["--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", `default=${peers}`],
    ]);
    const pki = (name: string) => this.#file(`pki/${name}`);
    this.#run("kube-apiserver", [
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
    ]);
    await this.#until(() => this.kubectl("get", "--raw", "/readyz") === "ok");
    this.#run("kube-controller-manager", [
      ...["--kubeconfig", this.#file("controller-manager.conf"), "--master", `https://127.0.0.1:${api}`],
      ...["--controllers", "*,bootstrapsigner,tokencleaner"],
      "--use-service-account-credentials",
      ...["--root-ca-file", pki("ca.crt"), "--service-account-private-key-file", pki("sa.key")],
      ...["--cluster-signing-cert-file", pki("ca.crt"), "--cluster-signing-key-file", pki("ca.key")],
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

  #run(name: Program, args: string[]): void {
    const log = openSync(this.#file(`${name}.log`), "a");
    this.#children.push(spawn(this.#programs[name], args, { stdio: ["ignore", log, log] }));
  }

  async #until(look: () => boolean): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      try {
        if (look()) return;
      } catch {
        // Not yet.
      }
      await sleep(200);
    }
    throw new Error(
      `the API server does not start: ${readFileSync(this.#file("kube-apiserver.log"), "utf8").slice(-2000)}`,
    );
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
