import type { Operation, ServedResource } from "../../../../providers/kit/crud.ts";
import { recreate } from "../../../../providers/kit/recreate.ts";

const operation: Operation<null> = {
  ...{ urn: "urn:pulumi:lab::strata::x:index:Thing::pool", name: "pool", context: null },
  ...{ signal: new AbortController().signal, log: () => undefined },
};
const state = { inputs: { size: 1 }, outputs: { path: "/pool" } };

/** What is called of a resource that is there or not, lost these properties, and is made under this id. */
async function calls({ there = true, lost = [] as string[], id = "1" }): Promise<unknown[]> {
  const made: unknown[] = [];
  const definition = {
    read: () => Promise.resolve(there ? state : undefined),
    drift: () => lost,
    create: ({ formerId }: Operation<null>, inputs: object) => {
      made.push(["create", inputs, formerId]);
      return Promise.resolve({ id, outputs: {} });
    },
    update: (_operation: object, of: string, inputs: object, old: object) => {
      made.push(["update", of, inputs, old]);
      return Promise.resolve({ outputs: {} });
    },
  } as unknown as ServedResource<null>;
  await recreate(definition, operation, "1", state);
  return made;
}

test("what has gone is made again, as its state says", async () => {
  expect(await calls({ there: false })).toEqual([["create", state.inputs, "1"]]);
});

test("what is there stays as it is; what of it does not run any more is made to", async () => {
  expect(await calls({})).toEqual([]);
  expect(await calls({ lost: ["pid"] })).toEqual([["update", "1", state.inputs, state]]);
});

test("made again as another one, it is no use to who goes by its state", async () => {
  await expect(calls({ there: false, id: "2" })).rejects.toThrow(
    "pool was made again as 2, and its state knows it as 1",
  );
});
