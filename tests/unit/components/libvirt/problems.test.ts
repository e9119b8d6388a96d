import { capacityProblems, imageProblems } from "../../../../components/libvirt/problems.ts";
import { planTestbed } from "../../../../components/plan/whole/plan.ts";
import { formatProblem } from "../../../../components/experiment/problem.ts";
import { specOf } from "../../../support/spec.ts";

const plan = planTestbed(
  "lab",
  specOf(
    { cloud: 1, edge: 0, endpoint: 0 },
    { provider: { kind: "libvirt", network: "10.83.0.0/16" }, tiers: { cloud: { cpus: 4 } } },
  ),
);
const small = { memoryMiB: 1000, cores: 2, routes: ["10.0.0.0/8"], limits: {} };

const memory =
  "tiers: 1 machines need 1114 MiB (with 90 MiB each for QEMU), the host has 1000 MiB; use fewer or smaller machines (count, memory)";
const cores = "warning: tiers.cloud.cpus: a machine of 4 cores on a host of 2 waits for itself; use at most 2";
const route =
  'provider.network: the testbed\'s addresses 10.83.0.0/16 overlap 10.0.0.0/8, to which the host has a route; choose another range, for example network: "172.31.0.0/16"';
const force = ", or build it all the same with --force";

const shown = (forced?: boolean): string[] =>
  capacityProblems(plan, small, forced).map((problem) => formatProblem(problem));

test("a host that is large enough has no problems", () => {
  expect(capacityProblems(plan, { memoryMiB: 1114, cores: 4, routes: [], limits: {} })).toEqual([]);
});

test("too little memory and overlapping routes are refused; too few cores are only doubtful", () => {
  expect(shown(false)).toEqual([`${memory}${force}`, cores, `${route}${force}`]);
});

test("--force builds it all the same, with warnings", () => {
  expect(shown(true)).toEqual([`warning: ${memory}`, cores, `warning: ${route}`]);
});

test("`strata up --force` says so by STRATA_FORCE=1", () => {
  const before = process.env.STRATA_FORCE;
  try {
    process.env.STRATA_FORCE = "1";
    expect(shown()).toEqual(shown(true));
    process.env.STRATA_FORCE = "";
    expect(shown()).toEqual(shown(false));
  } finally {
    if (before === undefined) delete process.env.STRATA_FORCE;
    else process.env.STRATA_FORCE = before;
  }
});

test("an image has to be there and whole", () => {
  const image = { key: "0123456789abcdef", directory: "/cache/images/0123456789abcdef" };
  const shownOf = (entry: Parameters<typeof imageProblems>[0]) =>
    imageProblems(entry).map((problem) => formatProblem(problem));
  expect(shownOf({ ...image, state: "ready" })).toEqual([]);
  expect(shownOf({ ...image, state: "missing" })).toEqual([
    "software: machine image 0123456789abcdef has not been built; run ./strata setup, which builds it",
  ]);
  expect(shownOf({ ...image, state: "corrupt", problem: "disk.qcow2 is missing" })).toEqual([
    "software: machine image 0123456789abcdef is damaged: disk.qcow2 is missing; run ./strata setup, which builds it",
  ]);
});
