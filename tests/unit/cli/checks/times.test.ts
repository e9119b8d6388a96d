import { e2e } from "../../../../cli/checks/jest.ts";
import { estimate, inOrder, referenceSeconds } from "../../../../cli/checks/times.ts";

test("what a part took here the last time counts, by how fast the machine is now", () => {
  expect(estimate("unit", { seconds: 300, patience: 3 }, 1)).toBe(100);
  expect(estimate("unit", { seconds: 100, patience: 1 }, 2.5)).toBe(250);
});

test("on a machine that has not run it, what it took on the machine of reference; files of the engine's are alike", () => {
  expect(estimate("tests/e2e/places.test.ts", undefined, 3)).toBe(195);
  const seconds = ["a", "b"].map((name) => estimate(`tests/engine/${name}.test.ts`, undefined, 2));
  expect(seconds).toEqual([seconds[0], seconds[0]]);
});

test("end-to-end tests run in the order of the table, which has each of them; the quickstart's is the first, and always runs", async () => {
  const files = (await e2e.files?.()) ?? [];
  expect(files).toEqual(Object.keys(referenceSeconds).filter((name) => name.startsWith("tests/e2e/")));
  expect(files.filter((file) => !e2e.optional?.(file))).toEqual([files[0]]);
  expect(files[0]).toBe("tests/e2e/quickstart.test.ts");
  expect(inOrder(["tests/e2e/new.test.ts", ...files.toReversed()])).toEqual([...files, "tests/e2e/new.test.ts"]);
});
