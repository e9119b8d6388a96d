import { planPhaseRun, type PhaseRole } from "../../../../components/software/phaseRun.ts";
import { serialRoles, withPreconditions } from "../../../../components/software/serial.ts";

const roles = (...names: string[]): PhaseRole[] => names.map((role) => ({ role, hash: "new", variables: {} }));
const worker = ["base", "containerd", "kubernetes_node", "kubernetes_worker"];

test("a machine that is new waits for nobody", () => {
  expect(serialRoles(planPhaseRun(roles(...worker), {}), {})).toEqual([]);
});

test("what runs on a machine changes in a rolling update, for the roles that say so", () => {
  const previous = Object.fromEntries(worker.map((role) => [role, "old {}"]));
  const serial = serialRoles(planPhaseRun(roles(...worker), previous), previous);
  expect(serial).toEqual(["kubernetes_node", "kubernetes_worker"]);
  expect(withPreconditions(serial)).toEqual(["kubernetes_worker"]);
});

test("a change of other roles waits for nobody", () => {
  const previous = { base: "old {}", mqtt: "old {}" };
  expect(serialRoles(planPhaseRun(roles("base", "mqtt"), previous), previous)).toEqual([]);
});
