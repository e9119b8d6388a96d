import { stagesOf, type Stages } from "../../../../components/software/stages.ts";

function names(roles: string, withCluster = true): Record<keyof Stages, string> {
  const list = roles.split(" ").map((role) => ({ role, variables: {} }));
  const { software, services } = stagesOf(list, withCluster);
  const join = (some: typeof list) => some.map(({ role }) => role).join(" ");
  return { software: join(software), services: join(services) };
}

test("a node gets in a first run what makes it one", () => {
  expect(names("base containerd kubernetes_node kubernetes_control flannel metrics_server mqtt")).toEqual({
    software: "base containerd kubernetes_node kubernetes_control flannel",
    services: "metrics_server mqtt",
  });
});

test("a node may have no services", () => {
  expect(names("base containerd kubernetes_node kubernetes_worker")).toEqual({
    software: "base containerd kubernetes_node kubernetes_worker",
    services: "",
  });
});

test("a machine outside of the cluster waits with all, so that the nodes have the host's cores", () => {
  expect(names("base mqtt workload")).toEqual({ software: "", services: "base mqtt workload" });
});

test("without a cluster a machine gets all in one run", () => {
  expect(names("base mqtt workload", false)).toEqual({ software: "base mqtt workload", services: "" });
});
