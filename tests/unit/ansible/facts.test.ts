// Facts that roles and programs each have to state, since neither can read the other's.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { runsDirectory } from "../../../components/contract/runs.ts";
import { kubernetesVersions } from "../../../components/kinds/kubernetes/versions.ts";

const roles = join(import.meta.dirname, "../../../ansible/roles");
const text = (path: string): string => readFileSync(join(roles, path), "utf8");

test("runs have the same folder on machines, by the role that launches them, the one that takes them away, and the runner", () => {
  expect(text("workload/templates/strata-workload.j2")).toContain(`\ndirectory=${runsDirectory}/$run\n`);
  const [task] = parse(text("workload/tasks/reset.yml")) as [{ loop: string[] }];
  expect(task.loop).toContain(runsDirectory);
});

test("a control plane's role knows the versions that an experiment may name", () => {
  const defaults = parse(text("kubernetes_control/defaults/main.yml")) as { kubernetes_control_releases: string[] };
  expect(defaults.kubernetes_control_releases).toEqual([...kubernetesVersions]);
  const { argument_specs: specs } = parse(text("kubernetes_control/meta/argument_specs.yml")) as {
    argument_specs: { main: { options: { kubernetes_control_releases: { default: string[] } } } };
  };
  expect(specs.main.options.kubernetes_control_releases.default).toEqual([...kubernetesVersions]);
});
