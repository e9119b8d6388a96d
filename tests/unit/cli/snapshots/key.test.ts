import { jest } from "@jest/globals";
import { planTestbed } from "../../../../components/plan/whole/plan.ts";
import type { TestbedArgs } from "../../../../components/experiment/whole/testbed.ts";
import { specOf } from "../../../support/spec.ts";

/** What the image and the roles are now. */
const now = { image: "image-1", roles: "1" };
jest.unstable_mockModule("../../../../artifacts/machine-image/index.ts", () => ({
  machineImage: (kinds: string[]) => ({ key: `${now.image} ${kinds.join()}` }),
}));
jest.unstable_mockModule("../../../../components/software/contentHash.ts", () => ({
  contentHashOnce: (directory: string) => `${directory} ${now.roles}`,
}));
const { testbedKey } = await import("../../../../cli/snapshots/key.ts");

const counts = { cloud: 1, edge: 1, endpoint: 1 };
const keyOf = (more: Partial<TestbedArgs> = {}, machines = counts, place = "01234567"): string =>
  testbedKey(planTestbed("lab", specOf(machines, more), place));
const images = (more: object): Partial<TestbedArgs> => ({ benchmark: { workload: "image-classification", ...more } });

beforeEach(() => {
  Object.assign(now, { image: "image-1", roles: "1" });
});

test("what only measures, or says how long it may be kept, is none of what a testbed is built from", () => {
  const key = keyOf();
  expect(key).toMatch(/^[0-9a-f]{16}$/);
  expect(keyOf(images({ rate: "3 Hz", duration: "2 min", repetitions: 7, thresholds: ["p95 end_to_end < 1 s"] }))).toBe(
    key,
  );
  expect(keyOf({ lease: "8 h" })).toBe(key);
  expect(keyOf({ prepared: "testbed" })).toBe(key);
});

test.each<[string, () => string]>([
  ["another machine", () => keyOf({}, { ...counts, endpoint: 2 })],
  ["another link", () => keyOf({ links: { preset: "5g" } })],
  ["another role of a machine", () => keyOf(images({ worker: "edge" }))],
  ["another place", () => keyOf({}, counts, "76543210")],
  [
    "a role that has changed",
    () => {
      now.roles = "2";
      return keyOf();
    },
  ],
  [
    "an image that has changed",
    () => {
      now.image = "image-2";
      return keyOf();
    },
  ],
])("%s is another testbed", (_what, other) => {
  const key = keyOf();
  expect(other()).not.toBe(key);
});
