import { kinds, type Entry } from "../../../../cli/journal/entry.ts";
import { replay } from "../../../../cli/journal/replay.ts";

const urn = (name: string): string => `urn:pulumi:lab::strata::libvirt:index/volume:Volume::${name}`;
const resource = (name: string, more: object = {}) => ({ urn: urn(name), custom: true, id: name, ...more });
const base = { resources: [resource("a"), resource("b"), resource("c")], secrets_providers: { type: "passphrase" } };

let sequence = 0;
const entry = (kind: keyof typeof kinds, operationID: number, more: Partial<Entry> = {}): Entry => ({
  version: 1,
  kind: kinds[kind],
  sequenceID: (sequence += 1),
  operationID,
  ...more,
});
const creating = (name: string) => ({ type: "creating", resource: resource(name) });
const ids = (entries: Entry[]): unknown[] => replay(base, entries).deployment.resources!.map(({ id }) => id);

test("nothing done is the state that it began with", () => {
  expect(replay(base, []).deployment).toEqual(base);
});

test("what was made stands before what there was; what it replaces there is gone", () => {
  expect(
    ids([
      entry("success", 1, { state: resource("new") }),
      entry("success", 2, { state: resource("b", { id: "changed" }), removeOld: 1 }),
    ]),
  ).toEqual(["new", "changed", "a", "c"]);
});

test("what was deleted is gone, of old and of new ones", () => {
  expect(
    ids([
      entry("success", 1, { state: resource("new") }),
      entry("success", 2, { removeOld: 0 }),
      entry("success", 3, { removeNew: 1 }),
    ]),
  ).toEqual(["b", "c"]);
});

test("a creation that did not end is pending, also one of an earlier update; one that failed is not", () => {
  const earlier = { ...base, pending_operations: [creating("earlier"), { type: "updating", resource: resource("a") }] };
  const { deployment } = replay(earlier, [
    entry("begin", 1, { operation: creating("killed") }),
    entry("begin", 2, { operation: creating("failed") }),
    entry("begin", 3, { operation: creating("done") }),
    entry("failure", 2),
    entry("success", 3, { state: resource("done") }),
  ]);
  expect(deployment.pending_operations!.map(({ type, resource: { id } }) => [type, id])).toEqual([
    ["creating", "killed"],
    ["creating", "earlier"],
  ]);
});

test("what is replaced is marked until it is deleted, of old and of new ones", () => {
  const { deployment } = replay(base, [
    entry("success", 1, { state: resource("new") }),
    entry("success", 2, { deleteOld: 0, pendingReplacementOld: 1 }),
    entry("success", 3, { deleteNew: 1, pendingReplacementNew: 1 }),
  ]);
  expect(deployment.resources).toEqual([
    resource("new", { delete: true, pendingReplacement: true }),
    resource("a", { delete: true }),
    resource("b", { pendingReplacement: true }),
    resource("c"),
  ]);
});

test("outputs of components take the place of what was registered without", () => {
  expect(
    ids([
      entry("success", 1, { state: resource("new") }),
      entry("outputs", 2, { state: resource("new", { id: "with outputs" }), removeNew: 1 }),
      entry("outputs", 3, { state: resource("a", { id: "too" }), removeOld: 0 }),
    ]),
  ).toEqual(["with outputs", "too", "b", "c"]);
});

test("what a refresh finds gone is gone, and so are the references to it", () => {
  const dependent = { dependencies: [urn("a"), urn("b")], parent: urn("a"), deletedWith: urn("a") };
  const before = { resources: [resource("a"), resource("b"), resource("c", dependent)] };
  const { deployment } = replay(before, [
    entry("refreshSuccess", 1, { removeOld: 0 }),
    entry("refreshSuccess", 2, { removeOld: 1, state: resource("b", { id: "found" }) }),
  ]);
  expect(deployment.resources).toEqual([resource("b", { id: "found" }), resource("c", { dependencies: [urn("b")] })]);
});

test("after a refresh the engine counts from what it found", () => {
  expect(
    ids([
      entry("refreshSuccess", 1, { removeOld: 0 }),
      entry("rebuiltBaseState", 2),
      entry("success", 3, { removeOld: 0 }),
    ]),
  ).toEqual(["c"]);
});

test("resources that were renamed are called by their new names", () => {
  const { deployment } = replay({ resources: [resource("b", { dependencies: [urn("old")] })] }, [
    entry("success", 1, { state: resource("new", { aliases: [urn("old")] }) }),
  ]);
  expect(deployment.resources).toEqual([resource("new"), resource("b", { dependencies: [urn("new")] })]);
});

test("that a state has strings which are no UTF-8 is remembered", () => {
  expect(replay(base, [entry("success", 1, { requiresByteString: true })]).byteString).toBe(true);
});

test("an entry that speaks of what is not there is refused", () => {
  expect(() => replay(base, [entry("success", 2, { deleteNew: 7 })])).toThrow("no resource of operation 7");
});
