import { planStages, type Stage } from "../../../components/plan/stages.ts";
import type { Plan, SoftwarePlan } from "../../../components/plan/types.ts";

const mqtt: SoftwarePlan = { kind: "mqtt", machines: [] };
const cluster: SoftwarePlan = { kind: "kubernetes", machines: [] };

/** The roles of a machine by stage. */
function stages(roles: string, software: Plan["software"] = [cluster, mqtt]): Record<string, string> {
  const machine = { roles: roles.split(" ").map((role) => ({ role, variables: {} })) };
  const names = (stage: Stage) =>
    stage
      .roles(machine)
      .map(({ role }) => role)
      .join(" ");
  return Object.fromEntries(planStages({ software }).map((stage) => [stage.name, names(stage)]));
}

test("a node gets in a first run what makes it one", () => {
  expect(stages("base containerd kubernetes_node kubernetes_control flannel metrics_server mqtt")).toEqual({
    software: "base containerd kubernetes_node kubernetes_control flannel",
    services: "metrics_server mqtt",
  });
});

test("a node may have no services", () => {
  expect(stages("base containerd kubernetes_node kubernetes_worker")).toEqual({
    software: "base containerd kubernetes_node kubernetes_worker",
    services: "",
  });
});

test("a machine outside of the cluster waits with all, so that the nodes have the host's cores", () => {
  expect(stages("base mqtt workload")).toEqual({ software: "", services: "base mqtt workload" });
});

test("without a cluster a machine gets all in one run", () => {
  expect(stages("base mqtt workload", [mqtt])).toEqual({ software: "base mqtt workload" });
});

test("the cluster comes between the runs; without one, nothing is deployed", () => {
  const deploys = (software: Plan["software"]) => planStages({ software }).map((stage) => stage.deploys);
  expect(deploys([mqtt, cluster])).toEqual([["kubernetes"], []]);
  expect(deploys([mqtt])).toEqual([[]]);
  expect(deploys([])).toEqual([[]]);
});
