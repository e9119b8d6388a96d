import { ContractError, readTestbed } from "../../../components/standing/read.ts";
import type { TestbedOutputs } from "../../../components/contract/testbed.ts";
import { planTestbed } from "../../../components/plan/whole/plan.ts";
import { imageBenchmark } from "../../support/workload/localTestbed.ts";
import { specOf } from "../../support/spec.ts";

const plan = planTestbed("lab", specOf({ cloud: 1, edge: 1, endpoint: 1 }));
const outputs: TestbedOutputs = {
  contract: "strata/testbed@1",
  name: "lab",
  provider: { kind: "libvirt", host: "embedded", accelerator: "tcg" },
  network: { cidr: plan.network.cidr, hostAddress: plan.network.hostAddress },
  machines: plan.machines.map(({ name, tier, index, address, cpus, memoryMiB }) => ({
    name,
    tier,
    index,
    address,
    cpus,
    memoryMiB,
  })),
  links: plan.links,
  software: plan.software,
  benchmark: plan.benchmark,
  image: "0123456789abcdef",
  ssh: { user: "root", namespace: "strata-0123ab" },
};

function refusal(output: unknown): string {
  try {
    readTestbed(output, "lab");
  } catch (error) {
    expect(error).toBeInstanceOf(ContractError);
    return (error as Error).message;
  }
  return "read";
}

test("a benchmark's rate is a number, as in outputs of before, or auto", () => {
  const benchmark = imageBenchmark;
  for (const rateHz of [2, "auto"] as const) {
    const own = { ...outputs, benchmark: { ...benchmark, rateHz } };
    expect(readTestbed(JSON.parse(JSON.stringify(own)), "lab").benchmark).toMatchObject({ rateHz });
  }
  expect(refusal({ ...outputs, benchmark: { ...benchmark, rateHz: "slow" } })).toMatch(
    /is damaged \(benchmark\.rateHz/,
  );
});

test("a testbed's outputs survive the engine's JSON", () => {
  expect(readTestbed(JSON.parse(JSON.stringify(outputs)), "lab")).toEqual(outputs);
});

test.each([
  [undefined, 'stack lab has no output "testbed"; build it first: strata up lab'],
  [
    {},
    'stack lab: output "testbed" was not made by Strata (it has no contract "strata/testbed@1"); export Testbed.outputs as it is',
  ],
  [
    { ...outputs, contract: "strata/testbed@2" },
    "stack lab was built by a newer Strata (outputs strata/testbed@2, this one reads strata/testbed@1); update this checkout: git pull",
  ],
  [
    { ...outputs, contract: "strata/testbed@0" },
    "stack lab was built by an older Strata (outputs strata/testbed@0, this one reads strata/testbed@1); build it again: strata up lab",
  ],
  [
    { ...outputs, image: 7, machines: [{ ...outputs.machines[0], address: "nowhere" }] },
    'stack lab: output "testbed" is damaged (machines.0.address: Invalid IPv4 address; image: Invalid input: expected string, received number); build it again: strata up lab',
  ],
])("is refused with what to do (%#)", (output, message) => {
  expect(refusal(output)).toBe(message);
});
