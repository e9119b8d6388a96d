import { clockCorrection, offsetText } from "../../../../providers/strata/kubernetes/clock.ts";
import { leaving } from "../../../../providers/strata/kubernetes/drain.ts";
import { joinConfiguration, refusedToken } from "../../../../providers/strata/kubernetes/join.ts";
import { parseMembership } from "../../../../providers/strata/kubernetes/membership.ts";
import { asFound } from "../../../../providers/strata/kubernetes/node.ts";
import { redacted } from "../../../../providers/strata/kubernetes/redact.ts";
import { mergedTaints, parseTaint, taintText } from "../../../../providers/strata/kubernetes/taints.ts";

describe("what is shown", () => {
  test.each([
    ['token "abcdef.0123456789abcdef" expired', 'token "[secret]" expired'],
    [`--certificate-key ${"0f".repeat(32)} --v=5`, "--certificate-key [secret] --v=5"],
    ["client-key-data: LS0tLS1CRUdJTg==\n", "client-key-data: [secret]\n"],
    ["-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----!", "[secret]!"],
    ["-----BEGIN PRIVATE KEY-----\ncut off", "[secret]"],
    [
      "registry.k8s.io/kube-apiserver:v1.35.4 at 10.83.0.10:6443",
      "registry.k8s.io/kube-apiserver:v1.35.4 at 10.83.0.10:6443",
    ],
  ])("%j", (text, shown) => {
    expect(redacted(text)).toBe(shown);
  });

  test("a secret without a form of its own, where it is known", () => {
    expect(redacted("password: hunter2", "hunter2", "")).toBe("password: [secret]");
  });
});

test("kubeadm's words for a token that is of no use, and others", () => {
  const said = [
    'could not find a JWS signature in the cluster-info ConfigMap for token ID "abcdef"',
    "failed to request the cluster-info ConfigMap: Unauthorized",
    "[ERROR Swap]: running with swap on is not supported",
    "connect: connection refused",
  ];
  expect(said.map(refusedToken)).toEqual([true, true, false, false]);
});

test("the join configuration is kubeadm's v1beta4, and JSON", () => {
  const token = { text: "abcdef.0123456789abcdef", authorityHash: "sha256:00" };
  const join = { name: "cloud-1", address: "10.83.0.11", endpoint: "10.83.0.10:6443", token };
  expect(JSON.parse(joinConfiguration(join))).toEqual({
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "JoinConfiguration",
    discovery: {
      bootstrapToken: {
        token: "abcdef.0123456789abcdef",
        apiServerEndpoint: "10.83.0.10:6443",
        caCertHashes: ["sha256:00"],
      },
    },
    nodeRegistration: {
      name: "cloud-1",
      criSocket: "unix:///run/containerd/containerd.sock",
      ignorePreflightErrors: ["SystemVerification"],
      kubeletExtraArgs: [{ name: "node-ip", value: "10.83.0.11" }],
    },
    timeouts: { discovery: "5m0s", tlsBootstrap: "15m0s", kubeletHealthCheck: "10m0s", kubernetesAPICall: "5m0s" },
  });
});

test("a clock is set only when it is off by more than a minute", () => {
  const now = 1_767_225_600_000;
  expect(clockCorrection(now + 60_000, now)).toBeUndefined();
  expect(clockCorrection(now - 61_000, now)).toBe("date -u -s @1767225600 >/dev/null\n");
  expect([-61_000, 7_200_000, -259_200_000, 240_000].map(offsetText)).toEqual([
    "61 seconds behind",
    "2 hours ahead",
    "3 days behind",
    "4 minutes ahead",
  ]);
});

test("what a machine says of its membership", () => {
  expect(parseMembership("1767225600\njoined\n-----BEGIN\nX\n")).toEqual({
    clockMs: 1_767_225_600_500,
    state: "joined",
    authority: "-----BEGIN\nX\n",
  });
  expect(parseMembership("1767225600\nnone\n")).toMatchObject({ state: "none", authority: "" });
});

test("taints in kubectl's form, there and back", () => {
  for (const text of ["a=b:NoSchedule", "a/b:NoExecute"]) expect(taintText(parseTaint(text))).toBe(text);
  const current = [parseTaint("node.kubernetes.io/not-ready:NoSchedule"), parseTaint("a=1:NoSchedule")];
  expect(mergedTaints(current, ["a=2:NoSchedule"]).map(taintText)).toEqual([
    "node.kubernetes.io/not-ready:NoSchedule",
    "a=2:NoSchedule",
  ]);
  expect(mergedTaints(current, [], ["a=1:NoSchedule"]).map(taintText)).toEqual([
    "node.kubernetes.io/not-ready:NoSchedule",
  ]);
});

test("pods that have to leave a node", () => {
  const pod = (name: string, more: object = {}, phase = "Running") => ({
    metadata: { name, namespace: "default", annotations: {}, ownerReferences: [], ...more },
    status: { phase },
  });
  const pods = [
    pod("web", { ownerReferences: [{ kind: "ReplicaSet" }] }),
    pod("flannel", { ownerReferences: [{ kind: "DaemonSet" }] }),
    pod("static", { annotations: { "kubernetes.io/config.mirror": "x" } }),
    pod("job", {}, "Succeeded"),
    pod("pending", {}, "Pending"),
  ];
  expect(leaving(pods).map(({ metadata }) => metadata.name)).toEqual(["web", "pending"]);
});

test("only labels and taints of ours are read back", () => {
  const found = {
    ...{ ready: true, reason: "", version: "1.35.4", resourceVersion: "1" },
    labels: { "kubernetes.io/os": "linux", zone: "b" },
    taints: [parseTaint("a=1:NoSchedule"), parseTaint("node.kubernetes.io/not-ready:NoSchedule")],
  };
  const known = { version: "1.34.9", labels: { zone: "a", gone: "x" }, taints: ["a=1:NoSchedule", "b:NoExecute"] };
  expect(asFound(known, found)).toEqual({ version: "1.35.4", labels: { zone: "b" }, taints: ["a=1:NoSchedule"] });
  expect(asFound({ version: "1.35.4" }, found)).toEqual({ version: "1.35.4" });
});
