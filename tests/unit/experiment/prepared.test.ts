import { formatProblem } from "../../../components/experiment/problem.ts";
import { loadTestbed } from "../../../components/experiment/whole/load.ts";

const told = (text: string): string[] => {
  const loaded = loadTestbed(`tiers: { cloud: {} }\n${text}`);
  return (loaded.ok ? loaded.warnings : loaded.problems).map((problem) => formatProblem(problem, "lab.yaml"));
};
const fromSnapshot = "benchmark: { workload: empty, repetitions: { from: snapshot } }";
const several = "provider: { kind: libvirt, hosts: [qemu+ssh://lab1/system, qemu+ssh://lab2/system] }";

test.each([
  "prepared: testbed",
  fromSnapshot,
  `prepared: testbed\nmachines: { boot: prepared }\n${fromSnapshot}`,
  "machines: { boot: cold }\nbenchmark: { workload: empty, repetitions: { from: carry-on } }",
  `${several}\nbenchmark: { workload: empty, repetitions: { from: carry-on } }`,
])("%j can be had", (text) => {
  expect(told(text)).toEqual([]);
});

test("machines that boot by themselves can't be saved", () => {
  const why = "machines that boot by themselves can't be saved with their memory; leave machines.boot out, or";
  expect(told(`machines: { boot: cold }\nprepared: testbed\n${fromSnapshot}`)).toEqual([
    `lab.yaml:3: prepared: ${why} prepared`,
    `lab.yaml:4: benchmark.repetitions: ${why} from: snapshot`,
  ]);
});

test("machines on several hosts can't be saved together", () => {
  const why = "machines on several hosts can't be saved together";
  expect(told(`${several}\nprepared: testbed\n${fromSnapshot}`)).toEqual([
    `lab.yaml:3: prepared: ${why}; leave it out, or provider.hosts`,
    `lab.yaml:4: benchmark.repetitions: ${why}; leave from: snapshot out, or provider.hosts`,
  ]);
});

test("only a testbed can be prepared", () => {
  expect(told("prepared: machines")).toEqual(['lab.yaml:2: prepared: "machines" is not allowed here; use testbed']);
});
