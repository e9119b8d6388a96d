import fc from "fast-check";
import { changedPaths } from "../../../../providers/kit/detailedDiff.ts";
import { secret, unknownValue } from "../../../../providers/kit/values.ts";

type Path = (string | number)[];
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("x", "y", 0, 1, true),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
type Container = Record<string | number, unknown>;
const at = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Container)[step], root);

test("what is named, and nothing else, turns the old value into the new one", () => {
  fc.assert(
    fc.property(value, value, (before, now) => {
      const root = structuredClone({ root: before });
      const changes = changedPaths(before, now, ["root"]);
      // From the end, so that a list's earlier elements keep their places.
      for (const { path, change } of [...changes].reverse()) {
        const last = path.at(-1) ?? "";
        const inner = at(root, path.slice(0, -1));
        if (change !== "delete") (inner as Container)[last] = at({ root: now }, path);
        else if (Array.isArray(inner)) inner.splice(Number(last), 1);
        else Reflect.deleteProperty(inner as object, last);
      }
      expect(root).toEqual({ root: now });
    }),
  );
});

test("no change has no path, and a path is as deep as the change is", () => {
  fc.assert(
    fc.property(value, (one) => {
      expect(changedPaths(one, structuredClone(one), ["root"])).toEqual([]);
      expect(changedPaths({ inner: [one, 1] }, { inner: [one, 2] }, ["root"])).toEqual([
        { path: ["root", "inner", 1], change: "update" },
      ]);
    }),
  );
});

test.each<[string, unknown, unknown, { path: Path; change: string }[]]>([
  [
    "members that came, went and differ, by their names",
    { a: 1, b: 2, c: 3 },
    { b: 4, c: 3, d: 5 },
    [
      { path: ["p", "a"], change: "delete" },
      { path: ["p", "b"], change: "update" },
      { path: ["p", "d"], change: "add" },
    ],
  ],
  ["null is no value", { a: null }, { a: 1 }, [{ path: ["p", "a"], change: "add" }]],
  ["a list that became an object, as a whole", [1], { 0: 1 }, [{ path: ["p"], change: "update" }]],
  ["what is secret, as a whole", secret([1, 2]), secret([1, 3]), [{ path: ["p"], change: "update" }]],
  ["a list with something secret in it, too", [1, secret(2)], [1, 3], [{ path: ["p"], change: "update" }]],
  ["what is not known yet, though it reads the same", unknownValue, unknownValue, [{ path: ["p"], change: "update" }]],
  [
    "in a list only the element that is not known yet",
    [1, 2],
    [1, unknownValue],
    [{ path: ["p", 1], change: "update" }],
  ],
])("%s", (_, old, now, expected) => {
  expect(changedPaths(old, now, ["p"])).toEqual(expected);
});
