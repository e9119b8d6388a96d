import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { Sandbox } from "../support/strata.ts";
import { list, median, type Bench } from "./bench.ts";
import { clusterImage } from "./cluster.ts";
import { testbedMissing } from "./missing.ts";

const stack = "bench-cloud-tcg";
const restores = 4;
/** Of one restore and what is waited for in it. */
const limitMs = 15 * 60_000;
const lookMs = 100;

/** A cluster that comes back with its memory, against the `up` that built it in the same run. */
export const snapshot: Bench = {
  name: "snapshot",
  title: "a Kubernetes cluster brought back with its memory, against building it",
  onlyNamed: true,
  missing: () => testbedMissing(clusterImage),
  async run(say) {
    const sandbox = new Sandbox();
    const strata = (...args: string[]) => sandbox.succeed("strata", ...args);
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const begun = performance.now();
      await work();
      return (performance.now() - begun) / 1000;
    };
    try {
      await strata("setup", "--yes", "--kubernetes");
      const cold = await timed(() => strata("up", stack, "--yes"));
      say(`up: ${cold.toFixed(1)} s`);
      const api = clusterApi((await strata("kubeconfig", stack)).stdout);
      const save = await timed(() => strata("snapshot", "save", stack, "bench"));
      say(`save: ${save.toFixed(1)} s`);
      const found: Restored[] = [];
      for (let time = 0; time < restores; time += 1) {
        await strata("destroy", stack, "--yes");
        found.push(await restored(sandbox, api, say));
      }
      const figure = (name: string, pick: (one: Restored) => number, limit: number) => ({
        ...{ name, measured: median(found.map(pick)), limit, unit: "s" as const, detail: `${list(found.map(pick))} s` },
      });
      return [
        {
          ...{ name: "whole restore against up", limit: 0.1, unit: "" as const },
          measured: median(found.map(({ whole }) => whole)) / cold,
          detail: `${list(found.map(({ whole }) => whole))} s and ${list([cold])} s`,
        },
        { name: "save", measured: save, limit: 5, unit: "s", detail: `${list([save])} s` },
        figure("after the machines' start: a pod serves", ({ serves }) => serves, 5),
        figure("after the machines' start: nodes ready by a sign of life since", ({ ready }) => ready, 8),
        figure("after the machines' start: a new pod runs", ({ newPod }) => newPod, 18),
      ];
    } finally {
      await sandbox.clean();
    }
  },
};

/** Seconds. */
interface Restored {
  whole: number;
  serves: number;
  ready: number;
  newPod: number;
}

async function restored(sandbox: Sandbox, api: Api, say: (line: string) => void): Promise<Restored> {
  const begun = performance.now();
  const running = sandbox.startGroup("strata", "snapshot", "restore", stack, "bench", "--yes", "--events");
  let said = "";
  let startedAt = 0;
  running.stdout.on("data", (piece: Buffer) => {
    said += piece.toString();
    if (startedAt === 0 && said.includes("bringing the machines back")) startedAt = performance.now();
  });
  const since = (): number => (performance.now() - startedAt) / 1000;
  const times = (async () => {
    await until(() => Promise.resolve(startedAt > 0));
    const startMs = Date.now();
    // The API server is one of its pods.
    await until(() => api("GET", "/readyz").then((text) => text === "ok"));
    const serves = since();
    await until(async () => (await signsOfLife(api)).every((atMs) => atMs > startMs));
    await until(async () => (await nodesReady(api)).every(Boolean));
    const ready = since();
    const name = `after-${Math.round(startMs)}`;
    await until(async () => (await api("POST", "/api/v1/namespaces/default/pods", pod(name))) !== undefined);
    await until(async () =>
      /"phase":"Running"/.test((await api("GET", `/api/v1/namespaces/default/pods/${name}`)) ?? ""),
    );
    return { serves, ready, newPod: since() };
  })();
  const [{ exitCode, all }, found] = await Promise.all([running, times]);
  if (exitCode !== 0) throw new Error(`restore: exit status ${String(exitCode)}\n${all.slice(-2000)}`);
  const whole = Math.max((performance.now() - begun) / 1000 - (found.newPod - found.ready), 0);
  say(`restore: ${JSON.stringify({ whole, ...found })}`);
  return { whole, ...found };
}

/** Asks the cluster's API from this host. Undefined where it does not answer well. */
type Api = (method: string, path: string, body?: object) => Promise<string | undefined>;

function clusterApi(kubeconfig: string): Api {
  const { clusters, users } = parse(kubeconfig) as {
    clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
    users: { user: { "client-certificate-data": string; "client-key-data": string } }[];
  };
  const { server, "certificate-authority-data": ca } = clusters[0]!.cluster;
  const { "client-certificate-data": cert, "client-key-data": key } = users[0]!.user;
  const plain = (data: string): string => Buffer.from(data, "base64").toString();
  const agent = new Agent({ ca: plain(ca), cert: plain(cert), key: plain(key), keepAlive: false });
  return (method, path, body) =>
    new Promise((resolve) => {
      const asked = request(`${server}${path}`, { method, agent, timeout: 2000 }, (answer) => {
        let text = "";
        answer.on("data", (piece: Buffer) => (text += piece.toString()));
        answer.on("end", () => {
          resolve((answer.statusCode ?? 500) < 300 ? text : undefined);
        });
      });
      asked.on("timeout", () => asked.destroy());
      asked.on("error", () => {
        resolve(undefined);
      });
      asked.setHeader("content-type", "application/json");
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

interface Items<T> {
  items: T[];
}

/** When each node's kubelet renewed its lease last, in ms since 1970. */
async function signsOfLife(api: Api): Promise<number[]> {
  const text = await api("GET", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases");
  if (text === undefined) return [0];
  return (JSON.parse(text) as Items<{ spec: { renewTime: string } }>).items.map(({ spec }) =>
    Date.parse(spec.renewTime),
  );
}

async function nodesReady(api: Api): Promise<boolean[]> {
  const text = await api("GET", "/api/v1/nodes");
  if (text === undefined) return [false];
  type Node = { status: { conditions: { type: string; status: string }[] } };
  return (JSON.parse(text) as Items<Node>).items.map(({ status }) =>
    status.conditions.some((one) => one.type === "Ready" && one.status === "True"),
  );
}

const pod = (name: string): object => ({
  ...{ apiVersion: "v1", kind: "Pod", metadata: { name } },
  spec: { containers: [{ name: "pause", image: "registry.k8s.io/pause:3.10.1", imagePullPolicy: "IfNotPresent" }] },
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error("what was waited for after a restore did not come in 15 minutes");
    await sleep(lookMs);
  }
}
