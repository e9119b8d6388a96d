import { RoleTimes } from "../../../../components/software/roleTimes.ts";

test("a role takes from its first task to the next role's", () => {
  const times = new RoleTimes(["base", "kubernetes_node", "kubernetes_worker"]);
  const at = (seconds: number, line: string) => {
    times.line(line, seconds * 1000);
  };
  at(1, "PLAY [Software of one machine] ****");
  at(2, "TASK [Apply roles] ****");
  at(3, "TASK [base : Directory of Strata's configuration] ****");
  at(4, "ok: [cloud-1]");
  at(6, "RUNNING HANDLER [base : Apply kernel settings] ****");
  at(8, "TASK [kubernetes_node : Unit and options of the kubelet] ****");
  at(10, "TASK [kubernetes_worker : Look at the node] ****");
  at(11, "TASK [kubernetes_node : Version of the kubelet] ****");
  expect(times.end(15_000)).toEqual([
    { role: "base", startMs: 3000, seconds: 5 },
    { role: "kubernetes_node", startMs: 8000, seconds: 2 },
    { role: "kubernetes_worker", startMs: 10_000, seconds: 5 },
  ]);
});

test("nothing ran, nothing took time", () => {
  expect(new RoleTimes(["base"]).end(1000)).toEqual([]);
});
