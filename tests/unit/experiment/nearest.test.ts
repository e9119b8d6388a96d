import { editDistance, nearest } from "../../../components/experiment/nearest.ts";

test.each([
  ["memry", "memory", 1],
  ["mmeory", "memory", 1],
  ["", "abc", 3],
  ["abc", "abc", 0],
  ["kitten", "sitting", 3],
])("distance of %p and %p", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

test("suggests what is close and nothing that isn't", () => {
  const keys = ["count", "cpus", "memory"];
  expect(nearest("memry", keys)).toBe("memory");
  expect(nearest("Count", keys)).toBe("count");
  expect(nearest("cores", keys)).toBeUndefined();
  expect(nearest("x", [])).toBeUndefined();
});
