import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { kindNames } from "../../../../components/kinds/index.ts";

const root = join(import.meta.dirname, "../../../..");

/** Files outside of their rooms that name kinds of software, and why they may. A folder counts for all in it. */
const allowed: Record<string, string> = {
  "components/kinds/table.ts": "the table of kinds",
  "components/deployments.ts": "the table of what deploys them",
  "cli/steps/plugins.ts": "the table of the Pulumi plugins that their resources need",
  "components/experiment/whole/software.ts": "an example, for people",
  "components/experiment/benchmarkFields.ts": "where a benchmark's workers can run",
  "components/experiment/workload.ts": "the same",
  "components/experiment/whole/rules.ts": "the same",
  "components/plan/whole/roles.ts": "the broker's port, which a benchmark's machines are told",
  "artifacts/go/modules.ts": "a Go module of that name",
  "setup/kubernetes-plugin": "a Pulumi plugin of that name",
  "setup/steps/kubernetesPlugin.ts": "the same",
  "cli/kubeconfig.ts": "a command for clusters alone",
  "cli/kubeconfig": "the same",
  "cli/checks/allowedSkips.ts": "the reasons that tests of clusters give",
  "cli/checks/times.ts": "what tests of clusters take",
  "cli/checks/preparations.ts": "what tests of clusters need",
};

const within = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);

function typescript(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `${folder}/${path}`);
}

/** Kinds that a text names, in whatever case, as a word or a part of one. */
const namedIn = (text: string): string[] => kindNames.filter((kind) => text.toLowerCase().includes(kind.toLowerCase()));

test("outside of its rooms nothing names a kind of software", () => {
  const files = ["components", "artifacts", "cli", "setup", "stacks"].flatMap(typescript);
  const naming = files
    .filter((path) => !kindNames.some((kind) => within(path, `components/kinds/${kind}`)))
    .filter((path) => namedIn(readFileSync(join(root, path), "utf8")).length > 0);
  const places = Object.keys(allowed);
  expect(naming.filter((path) => !places.some((place) => within(path, place)))).toEqual([]);
  // What is mended is not allowed any longer.
  expect(places.filter((place) => !naming.some((path) => within(path, place)))).toEqual([]);
});

test("a kind names another one only where a benchmark's workers on a cluster need a broker", () => {
  const naming = kindNames.flatMap((kind) =>
    typescript(`components/kinds/${kind}`).filter((path) =>
      namedIn(readFileSync(join(root, path), "utf8")).some((other) => other !== kind),
    ),
  );
  expect(naming).toEqual(["components/kinds/kubernetes/resources/workload.ts"]);
});
