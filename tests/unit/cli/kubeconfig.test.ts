import { parse } from "yaml";
import { mergeKubeconfig, renameKubeconfig } from "../../../cli/kubeconfig/merge.ts";

const kubeadms = `apiVersion: v1
kind: Config
clusters: [{ name: kubernetes, cluster: { server: "https://127.0.0.1:20001" } }]
users: [{ name: kubernetes-admin, user: { client-key-data: key } }]
contexts: [{ name: kubernetes-admin@kubernetes, context: { cluster: kubernetes, user: kubernetes-admin } }]
current-context: kubernetes-admin@kubernetes
`;

const lab = {
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "strata-lab", cluster: { server: "https://127.0.0.1:20001" } }],
  users: [{ name: "strata-lab", user: { "client-key-data": "key" } }],
  contexts: [{ name: "strata-lab", context: { cluster: "strata-lab", user: "strata-lab" } }],
  "current-context": "strata-lab",
};

test("a testbed's cluster has a name of its own", () => {
  expect(parse(renameKubeconfig(kubeadms, "strata-lab"))).toEqual(lab);
});

test("merged into nothing it is itself", () => {
  expect(parse(mergeKubeconfig("", renameKubeconfig(kubeadms, "strata-lab")))).toEqual(lab);
});

test("what was there stays, and an older one of the same testbed is replaced", () => {
  const existing = `apiVersion: v1
kind: Config
preferences: { colors: true }
clusters: [{ name: work, cluster: { server: "https://work" } }, { name: strata-lab, cluster: { server: "https://old" } }]
users: [{ name: me, user: {} }]
contexts: null
current-context: work
`;
  expect(parse(mergeKubeconfig(existing, renameKubeconfig(kubeadms, "strata-lab")))).toEqual({
    ...lab,
    preferences: { colors: true },
    clusters: [{ name: "work", cluster: { server: "https://work" } }, ...lab.clusters],
    users: [{ name: "me", user: {} }, ...lab.users],
    "current-context": "work",
  });
});

test("a file that is something else is left alone", () => {
  expect(() => mergeKubeconfig("just text", kubeadms)).toThrow("no configuration of kubectl");
});
