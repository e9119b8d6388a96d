import { specOrThrow } from "../../../components/experiment/whole/load.ts";
import { readExperiment } from "../../../program/experiment.ts";

const read = (testbed: unknown) => {
  const config = { get: () => undefined, getObject: () => testbed };
  return specOrThrow(readExperiment("bench-cloud-tcg", config).loaded);
};

test("settings as `pulumi config set --path` keeps them, decimals as text, lie over the file", () => {
  const { benchmark, software } = read({
    benchmark: { workerCpu: "0.7", workerMemory: "600 MiB" },
    software: [
      { kind: "mqtt", on: "cloud" },
      { kind: "kubernetes", version: "1.34.4" },
    ],
  });
  expect(benchmark?.deployment).toMatchObject({ workerCpu: 0.7, workerMemoryMiB: 600 });
  expect(software).toMatchObject([{}, { version: "1.34.4" }]);
});

test("what is wrong in them is named with where it stands", () => {
  expect(() => read({ benchmark: { workerCpu: "-0.7" } })).toThrow(/config strata:testbed: benchmark\.workerCpu/);
});
