import { isPending, resourcesIn } from "../../../../cli/snapshots/stateResources.ts";

const exported = (deployment: object): string => JSON.stringify({ version: 3, deployment });
const secret = (value: unknown): object => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

test("resources are in their order, with their secrets, however deep", () => {
  const resources = [
    { urn: "u1", type: "pulumi:pulumi:Stack", outputs: { testbed: secret({ password: "p" }) }, custom: false },
    {
      ...{ urn: "u2", type: "t", id: "7", provider: "urn::id" },
      inputs: { key: secret("k"), list: [secret({ inner: secret([1]) })], plain: { a: null } },
    },
  ];
  expect(resourcesIn(exported({ resources }))).toEqual([
    { urn: "u1", type: "pulumi:pulumi:Stack", id: "", inputs: {}, outputs: { testbed: { password: "p" } } },
    {
      ...{ urn: "u2", type: "t", id: "7", provider: "urn::id", outputs: {} },
      inputs: { key: "k", list: [{ inner: [1] }], plain: { a: null } },
    },
  ]);
});

test("another kind of the engine's envelopes is none of its secrets", () => {
  const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", path: "x" };
  const [resource] = resourcesIn(exported({ resources: [{ urn: "u", type: "t", inputs: { asset } }] }));
  expect(resource?.inputs).toEqual({ asset });
});

test("a stack of which nothing is there has no resources", () => {
  expect(resourcesIn(exported({}))).toEqual([]);
});

test("what a killed engine was doing is seen", () => {
  expect([{}, { pending_operations: null }, { pending_operations: [] }].map((one) => isPending(exported(one)))).toEqual(
    [...[false, false, false]],
  );
  expect(isPending(exported({ pending_operations: [{ type: "creating" }] }))).toBe(true);
});
