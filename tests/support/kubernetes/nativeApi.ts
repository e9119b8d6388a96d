import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { generateKeyPairSync } from "node:crypto";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  defaultKubernetesVersion as defaultVersion,
  kubernetesReleases,
} from "../../../components/kinds/kubernetes/versions.ts";
import { goModuleKey } from "../../../artifacts/sources/goModule.ts";
import { findEntry } from "../../../artifacts/store/entry.ts";
import { patient } from "../patience.ts";
import { freePort } from "../ports.ts";

/** A build of the mirror's, if it has been made: a test is no place for ten minutes of compiling. */
export function nativeProgram(module: string, version: string, name: string): string | undefined {
  const entry = findEntry({ kind: "go", key: goModuleKey(module, version), record: "go.json" });
  return entry.state === "ready" ? join(entry.directory, name) : undefined;
}

const etcdVersion = kubernetesReleases[defaultVersion].etcd.replace(/-\d+$/, "");
const etcd = nativeProgram("etcd", etcdVersion, "etcd");
const apiServer = nativeProgram("kubernetes", defaultVersion, "kube-apiserver");

/** Why there is no API server on this host; undefined: there is. */
export const noNativeApi =
  etcd === undefined || apiServer === undefined
    ? `etcd and kube-apiserver are not built on this host; ./strata mirror build etcd@${etcdVersion} kube-apiserver@${defaultVersion}`
    : undefined;

const startLimitMs = patient(120_000);
const token = "of-the-test";

/** A real API server and its etcd on loopback; no controllers, no nodes. */
export class NativeApi {
  readonly directory = mkdtempSync(join(tmpdir(), "strata-api-"));
  readonly #processes: ChildProcess[] = [];
  #port = 0;

  async start(): Promise<void> {
    const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
    this.#port = port;
    const urls = { client: `http://127.0.0.1:${client}`, peer: `http://127.0.0.1:${peer}` };
    this.#run("etcd", etcd ?? "", [
      ...["--data-dir", join(this.directory, "etcd"), "--unsafe-no-fsync"],
      ...["--listen-client-urls", urls.client, "--advertise-client-urls", urls.client],
      ...["--listen-peer-urls", urls.peer, "--initial-advertise-peer-urls", urls.peer],
      ...["--initial-cluster", `default=${urls.peer}`],
    ]);
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = join(this.directory, "accounts.key");
    writeFileSync(key, privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
    const tokens = join(this.directory, "tokens.csv");
    writeFileSync(tokens, `${token},admin,admin,system:masters\n`, { mode: 0o600 });
    this.#run("kube-apiserver", apiServer ?? "", [
      ...["--etcd-servers", urls.client, "--bind-address", "127.0.0.1", "--secure-port", String(port)],
      ...["--cert-dir", join(this.directory, "certificates"), "--token-auth-file", tokens],
      ...["--service-account-issuer", "https://strata.test", "--service-account-key-file", key],
      ...["--service-account-signing-key-file", key, "--service-cluster-ip-range", "10.96.0.0/24"],
      ...["--authorization-mode", "RBAC"],
      // It would look for an address of this host that is not loopback.
      ...["--advertise-address", "192.0.2.1", "--endpoint-reconciler-type", "none"],
    ]);
    for (let waited = 0; !(await this.#ready()); waited += 500) {
      const ended = this.#processes.find(({ exitCode }) => exitCode !== null);
      if (waited > startLimitMs || ended !== undefined)
        throw new Error(`no API server within ${waited / 1000} s:\n${this.#log("kube-apiserver")}`);
      await sleep(500);
    }
  }

  /** For @pulumi/kubernetes, as administrator. */
  get kubeconfig(): string {
    return this.kubeconfigOf(token);
  }

  /** @param bearer token of a user or a service account. */
  kubeconfigOf(bearer: string): string {
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "native",
      contexts: [{ name: "native", context: { cluster: "native", user: "admin" } }],
      clusters: [
        { name: "native", cluster: { server: `https://127.0.0.1:${this.#port}`, "insecure-skip-tls-verify": true } },
      ],
      users: [{ name: "admin", user: { token: bearer } }],
    });
  }

  /** An object as the API has it, such as "/api/v1/namespaces/strata". */
  async get(path: string): Promise<unknown> {
    const { status, text } = await this.#ask(path);
    if (status !== 200) throw new Error(`${path}: status ${status}: ${text}`);
    return JSON.parse(text);
  }

  async stop(): Promise<void> {
    // The API server first: without its etcd it would wait.
    for (const child of this.#processes.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  #run(name: string, file: string, args: string[]): void {
    mkdirSync(this.directory, { recursive: true });
    const log = openSync(join(this.directory, `${name}.log`), "a");
    this.#processes.push(spawn(file, args, { stdio: ["ignore", log, log], cwd: this.directory }));
  }

  #log(name: string): string {
    return readFileSync(join(this.directory, `${name}.log`), "utf8")
      .split("\n")
      .slice(-15)
      .join("\n");
  }

  async #ready(): Promise<boolean> {
    return this.#ask("/readyz").then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  #ask(path: string): Promise<{ status: number; text: string }> {
    const options = { host: "127.0.0.1", port: this.#port, path, rejectUnauthorized: false };
    return new Promise((resolve, reject) => {
      const asked = request({ ...options, headers: { authorization: `Bearer ${token}` } }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      });
      asked.on("error", reject);
      asked.end();
    });
  }
}
