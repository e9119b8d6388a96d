import fc from "fast-check";
import {
  changedKeys,
  containsSecret,
  containsUnknown,
  lookUp,
  markedLike,
  pathText,
  plain,
  plainProperties,
  secret,
  unknownValue,
  type Properties,
} from "../../../../providers/kit/values.ts";

const signature = "4dabf18193072939515e22adb298388d";
const output = (members: object) => ({ [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...members });

const key = fc.constantFrom("a", "b", "c", "disks", "name");
/** Any plain value, as `plain` leaves it: no null among an object's members. */
const plainValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("", "x", "4711", 0, 1, true, false, unknownValue),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** The same value with secret envelopes around some of what is in it. */
const withEnvelopes = (value: unknown, sealed: () => boolean): unknown => {
  const inner = Array.isArray(value)
    ? value.map((one) => withEnvelopes(one, sealed))
    : typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withEnvelopes(one, sealed)]))
      : value;
  return sealed() ? secret(inner) : inner;
};
const marked = fc.tuple(plainValue, fc.array(fc.boolean(), { minLength: 1, maxLength: 12 })).map(([value, choices]) => {
  let next = 0;
  return { value, sent: withEnvelopes(value, () => choices[next++ % choices.length] ?? false) };
});

test("plain takes every envelope off, whatever is in it, and leaves what has none", () => {
  fc.assert(
    fc.property(marked, ({ value, sent }) => {
      expect(plain(sent)).toEqual(value);
      expect(containsSecret(plain(sent))).toBe(false);
      expect(containsUnknown(sent)).toBe(containsUnknown(value));
    }),
  );
});

test("what was secret when it was sent is secret when it comes back, and nothing in it is lost", () => {
  fc.assert(
    fc.property(marked, ({ value, sent }) => {
      const back = markedLike(value, sent);
      expect(plain(back)).toEqual(value);
      expect(containsSecret(back)).toBe(containsSecret(sent));
    }),
  );
});

test.each<[string, unknown, unknown, unknown]>([
  ["a member", { pin: 1, size: 2 }, { pin: secret(1) }, { pin: secret(1), size: 2 }],
  ["an element of a list", [1, 2], [1, secret(2)], [1, secret(2)]],
  ["a list that lost or got an element, as a whole", [2], [1, secret(2)], secret([2])],
  ["the whole, with all that is in it", { a: { b: 1 } }, secret({ a: 0 }), secret({ a: { b: 1 } })],
  ["a value of another shape than before, as a whole", "text", { a: secret(1) }, secret("text")],
  ["nothing of what nobody called secret", [1, { b: 2 }], [0, { b: { c: 1 } }, 3], [1, { b: 2 }]],
  ["once, where the value is secret already", secret(1), secret(2), secret(1)],
])("marks go on %s", (_, value, pattern, expected) => {
  expect(markedLike(value, pattern)).toEqual(expected);
});

test("null is no value, in lists it keeps its place; an output without a value is not known yet", () => {
  expect(plainProperties({ a: null, b: undefined, c: { d: null, e: [null, 1] } })).toEqual({ c: { e: [null, 1] } });
  expect(plain({ one: output({ value: secret("x") }), other: output({ dependencies: [] }) })).toEqual({
    one: "x",
    other: unknownValue,
  });
});

test("the keys that changed are those whose values differ, or are not known yet", () => {
  const bag = fc.dictionary(key, plainValue, { noNullPrototype: true });
  fc.assert(
    fc.property(bag, bag, (olds, news) => {
      const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
      const same = (name: string): boolean => JSON.stringify(sorted(olds[name])) === JSON.stringify(sorted(news[name]));
      expect(changedKeys(olds, news)).toEqual(names.filter((name) => !same(name) || containsUnknown(news[name])));
    }),
  );
});

/** With the members of objects in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

test.each<[Properties, PropertyKey[], { value: unknown; unknown: boolean }]>([
  [{ a: [{ b: 7 }] }, ["a", 0, "b"], { value: 7, unknown: false }],
  [{ a: [{ b: 7 }] }, ["a", 1, "b"], { value: undefined, unknown: false }],
  [{ a: "text" }, ["a", "length", "x"], { value: undefined, unknown: false }],
  [{ a: unknownValue }, ["a", 0, "b"], { value: unknownValue, unknown: true }],
  [{ a: [1, unknownValue] }, ["a"], { value: [1, unknownValue], unknown: true }],
  [{ a: [1, unknownValue] }, ["a", 0], { value: 1, unknown: false }],
])("in %j at %j is %j", (properties, path, expected) => {
  expect(lookUp(properties, path)).toEqual(expected);
});

test.each<[PropertyKey[], string]>([
  [[], ""],
  [["name"], "name"],
  [["disks", 0, "volumeId"], "disks[0].volumeId"],
  [["a", 1, 2, "b"], "a[1][2].b"],
])("%j is written %s", (path, text) => {
  expect(pathText(path)).toBe(text);
});
