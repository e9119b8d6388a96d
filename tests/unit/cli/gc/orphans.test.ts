import { orphansAmong, type Here, type MarkedMachine } from "../../../../cli/gc/orphans.ts";

const now = Date.parse("2026-12-01T09:00:00Z");
const [ago, soon]: (string | undefined)[] = ["2026-12-01T06:00:00Z", "2026-12-01T10:00:00Z"];
const here: Here = {
  ...{ state: "aaaaaaaa", user: "ada", nowMs: now },
  // As if a directory's name were its hash.
  isFromHere: ({ state, directory }) => directory === state,
  hasStack: (stack) => stack === "known",
  exists: (directory) => ["aaaaaaaa", "beside"].includes(directory),
};

interface Given {
  stack?: string;
  project?: string;
  type?: string;
  state?: string;
  directory?: string | undefined;
  user?: string | undefined;
  expires?: string | undefined;
  name?: string;
}

function machine(given: Given = {}): MarkedMachine {
  const {
    stack = "lab",
    project = "strata",
    type = "strata:index:Testbed$x",
    state = "gone",
    name = "lab-cloud-0",
  } = given;
  const { user, directory, expires } = { user: "ada", directory: state, expires: ago, ...given };
  const urn = `urn:pulumi:${stack}::${project}::${type}::cloud-0`;
  return {
    name,
    uuid: name,
    owner: { urn, state, user, directory },
    lease: expires === undefined ? undefined : { expires },
  };
}

const judged = (...machines: MarkedMachine[]) => orphansAmong(machines, here).map(({ why, stays }) => ({ why, stays }));

test.each<[string, Given]>([
  ["whose checkout is gone", {}],
  ["of this state directory, which has lost it", { state: "aaaaaaaa" }],
  ["of another project, whose state directory is gone", { project: "mine" }],
])("an expired testbed %s goes", (_, given) => {
  const why = expect.stringContaining("its lease expired 3 h ago, and nothing is left of its state");
  expect(judged(machine(given))).toEqual([{ why, stays: undefined }]);
});

test.each<[string, Given]>([
  ["whose stack is here: it goes by its own state", { stack: "known", state: "aaaaaaaa" }],
  ["of another project with this state directory", { project: "mine", state: "aaaaaaaa" }],
  ["of another checkout that is there", { state: "beside" }],
  ["of somebody else that runs on", { user: "bob", expires: soon }],
  ["of somebody else without a lease", { user: "bob", expires: undefined }],
  ["of another user's checkout here", { user: "bob", state: "beside" }],
  ["that is no testbed's", { type: "libvirt:index/domain:Domain" }],
])("one %s is not spoken of", (_, given) => {
  expect(judged(machine(given))).toEqual([]);
});

test.each<[string, Given, string]>([
  ["another user's", { user: "bob" }, "belongs to user bob (state gone)"],
  ["marked on another machine", { directory: "elsewhere" }, "belongs to user ada (state gone)"],
  ["by an older version", { user: undefined, directory: undefined }, "belongs to the state gone"],
])("an expired one that is not provably ours (%s) stays, and is named with what to do", (_, given, whose) => {
  expect(judged(machine(given))).toEqual([
    {
      why: undefined,
      stays:
        `its lease expired 3 h ago, but it ${whose}: ask them to run strata gc, or, if it is yours, ` +
        "remove it: virsh destroy and undefine lab-cloud-0",
    },
  ]);
});

test.each<[string, Given, string]>([
  ["whose lease runs", { expires: soon }, "its lease expires in 1 h, but"],
  ["without a lease", { expires: undefined }, "it has no lease, but"],
])("an orphan %s stays, and is named", (_, given, text) => {
  expect(judged(machine(given))).toEqual([{ why: undefined, stays: expect.stringContaining(text) }]);
});

test("machines of one stack go together, when the last lease has ended", () => {
  const second = { name: "lab-edge-0" };
  expect(orphansAmong([machine(), machine(second)], here).map(({ machines }) => machines.length)).toEqual([2]);
  expect(judged(machine(), machine({ ...second, expires: soon }))).toMatchObject([{ why: undefined }]);
  expect(judged(machine(), machine({ ...second, expires: undefined }))).toMatchObject([{ why: undefined }]);
  // The same stack name of another state is another testbed.
  expect(judged(machine(), machine({ ...second, state: "other", expires: soon }))).toHaveLength(2);
});
