import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Authority } from "./authority.ts";

interface Taint {
  key: string;
  value?: string;
  effect: string;
}

interface SimulatedNode {
  labels: Record<string, string>;
  taints: Taint[];
  unschedulable?: boolean;
}

export interface SimulatedPod {
  name: string;
  node: string;
  owner?: string;
  /** It does not end when it is evicted. */
  stubborn?: boolean;
}

/**
 * As much of a cluster's API as membership needs, over TLS with client certificates. A machine is a node for as long
 * as its file is in `kubelets`, which a simulated kubeadm writes.
 */
export class SimulatedApi {
  readonly kubelets: string;
  readonly nodes = new Map<string, SimulatedNode>();
  pods: SimulatedPod[] = [];
  /** Secrets by name, as they were sent. */
  readonly tokens = new Map<string, Record<string, string>>();
  /** Every request: "GET /api/v1/nodes/worker". */
  readonly requests: string[] = [];
  kubeletVersion = "1.35.4";
  ready = true;
  /** What the next requests get in place of an answer, /readyz apart; "EOF": the end of the connection. */
  readonly inPassing: ({ status: number; message: string } | "EOF")[] = [];
  /** What is added to this host's clock. */
  clockOffsetMs = 0;
  readonly #authority: Authority;
  #server: Server | undefined;
  #port = 0;

  constructor(directory: string, authority: Authority) {
    this.#authority = authority;
    this.kubelets = join(directory, "kubelets");
    mkdirSync(this.kubelets, { recursive: true });
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const server = createServer(
      {
        ...{ cert: this.#authority.pem("server.crt"), key: this.#authority.pem("server.key") },
        ...{ ca: this.#authority.pem("ca.crt"), requestCert: true, rejectUnauthorized: true },
      },
      (request, response) => {
        let text = "";
        request.on("data", (chunk: Buffer) => (text += chunk.toString()));
        request.on("end", () => {
          const passing = request.url === "/readyz" ? undefined : this.inPassing.shift();
          if (passing === "EOF") {
            response.destroy();
            return;
          }
          const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
          const { status, answer } =
            passing === undefined
              ? this.#answer(request.method ?? "", request.url ?? "", body)
              : refused(passing.status, passing.message);
          response.setHeader("date", new Date(Date.now() + this.clockOffsetMs).toUTCString());
          response.writeHead(status, { "content-type": "application/json" });
          response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
        });
      },
    );
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Ends it, connections included; the next start is at the same port. */
  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
    this.#server = undefined;
  }

  #answer(method: string, url: string, body: Record<string, unknown>): { status: number; answer: unknown } {
    this.requests.push(`${method} ${url}`);
    const [path = ""] = url.split("?");
    const node = /^\/api\/v1\/nodes\/([^/]+)$/.exec(path)?.[1];
    if (path === "/readyz") return this.ready ? ok("ok") : refused(500, "[-]etcd failed: reason withheld\n[+]log ok");
    if (node !== undefined) return this.#node(method, node, body);
    if (path === "/api/v1/pods") return this.#podsOn(/spec\.nodeName%3D([^&]+)/.exec(url)?.[1] ?? "");
    if (path.endsWith("/eviction")) return this.#evict(path);
    if (path.startsWith("/api/v1/namespaces/kube-system/secrets")) return this.#secret(method, path, body);
    if (path.endsWith("/configmaps/cluster-info")) return ok({ data: this.#signatures() });
    return refused(404, `the server could not find ${path}`);
  }

  #node(method: string, name: string, body: Record<string, unknown>): { status: number; answer: unknown } {
    for (const joined of readdirSync(this.kubelets)) {
      if (!this.nodes.has(joined)) this.nodes.set(joined, { labels: { "kubernetes.io/hostname": joined }, taints: [] });
    }
    const node = this.nodes.get(name);
    if (node === undefined) return refused(404, `nodes "${name}" not found`);
    if (method === "DELETE") {
      this.nodes.delete(name);
      // A kubelet whose node is deleted does not come back by itself.
      rmSync(join(this.kubelets, name), { force: true });
      return ok({});
    }
    if (method === "PATCH") {
      const { metadata, spec } = body as { metadata?: { labels?: object }; spec?: Partial<SimulatedNode> };
      for (const [key, value] of Object.entries(metadata?.labels ?? {})) {
        if (value === null) Reflect.deleteProperty(node.labels, key);
        else node.labels[key] = String(value);
      }
      Object.assign(node, spec);
    }
    const runs = existsSync(join(this.kubelets, name));
    return ok({
      metadata: { name, resourceVersion: "1", labels: node.labels },
      spec: { taints: node.taints },
      status: {
        conditions: [
          { type: "Ready", status: runs ? "True" : "Unknown", message: runs ? "ready" : "it stopped posting" },
        ],
        nodeInfo: { kubeletVersion: `v${this.kubeletVersion}` },
      },
    });
  }

  #podsOn(node: string): { status: number; answer: unknown } {
    const items = this.pods
      .filter((pod) => pod.node === node)
      .map(({ name, owner }) => ({
        metadata: { name, namespace: "default", ownerReferences: owner === undefined ? [] : [{ kind: owner }] },
        status: { phase: "Running" },
      }));
    return ok({ items });
  }

  #evict(path: string): { status: number; answer: unknown } {
    const name = path.split("/").at(-2);
    this.pods = this.pods.filter((pod) => pod.name !== name || pod.stubborn === true);
    return { status: 201, answer: {} };
  }

  #secret(method: string, path: string, body: Record<string, unknown>): { status: number; answer: unknown } {
    if (method === "DELETE") return ok({ deleted: this.tokens.delete(path.split("/").at(-1) ?? "") });
    const { metadata, stringData } = body as { metadata: { name: string }; stringData: Record<string, string> };
    this.tokens.set(metadata.name, stringData);
    return { status: 201, answer: {} };
  }

  #signatures(): Record<string, string> {
    return Object.fromEntries(
      [...this.tokens.values()].map((token) => [`jws-kubeconfig-${token["token-id"]}`, "signed"]),
    );
  }
}

function ok(answer: unknown): { status: number; answer: unknown } {
  return { status: 200, answer };
}

function refused(status: number, message: string): { status: number; answer: unknown } {
  return { status, answer: message.startsWith("[") ? message : { kind: "Status", message } };
}
