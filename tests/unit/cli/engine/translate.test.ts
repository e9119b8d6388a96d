import { Translator } from "../../../../cli/engine/translate.ts";
import { happeningSchema, type Happening } from "../../../../events/event.ts";

const stack = "urn:pulumi:lab::strata::";
const testbed = `${stack}strata:index:Testbed::lab`;
const machine = `${stack}strata:index:Testbed$strata:index:Tier$strata:index:Machine::cloud-0`;
const onMachine = (type: string, name: string): string =>
  `${stack}strata:index:Testbed$strata:index:Tier$strata:index:Machine$${type}::${name}`;
const software = onMachine("command:local:Command", "cloud-0-software");
const link = `${stack}strata:index:Testbed$strata:net:Link::cloud-edge`;
const worker = `${stack}strata:index:Testbed$strata:kubernetes:WorkerDeployment::strata-worker`;

type State = Record<string, unknown>;

/** The engine's event of an operation on a resource. */
const on = (event: string, op: string, urn: string, next: State | null, more: State = {}): string =>
  JSON.stringify({ sequence: 1, timestamp: 2, [event]: { metadata: { op, urn, old: null, new: next, ...more } } });
const pre = (op: string, urn: string, next: State | null, more: State = {}): string =>
  on("resourcePreEvent", op, urn, next, more);

const resource = (parent: string, inputs: State = {}): State => ({ custom: true, parent, inputs });
const component = (parent: string, inputs: State = {}): State => ({ parent, inputs });

function told(isPreview: boolean, ...lines: string[]): Happening[] {
  const happenings: Happening[] = [];
  const translator = new Translator((happening) => happenings.push(happeningSchema.parse(happening)), isPreview);
  for (const line of lines) translator.line(line);
  return happenings;
}

const seconds = expect.any(Number) as number;
const cloud = (part?: string) => ({ type: "machine", name: "cloud-0", part });

test("resources become parts of their machine; components and what stays the same are nothing to tell of", () => {
  const seed = onMachine("x:index:Seed", "cloud-0-seed");
  const itself = onMachine("x:index:Domain", "cloud-0");
  const lines = [
    pre("create", testbed, component("")),
    pre("create", machine, component(testbed)),
    on("resOutputsEvent", "create", machine, component(testbed)),
    pre("same", seed, resource(machine)),
    on("resOutputsEvent", "same", seed, resource(machine)),
    pre("create", itself, resource(machine)),
    on("resOutputsEvent", "create", itself, resource(machine)),
    pre("update", software, resource(machine)),
    on("resOutputsEvent", "update", software, resource(machine)),
  ];
  expect(told(false, ...lines)).toEqual([
    { kind: "started", item: cloud(), operation: "create" },
    { kind: "ended", item: cloud(), operation: "create", outcome: "done", seconds },
    { kind: "started", item: cloud("software"), operation: "update" },
    { kind: "ended", item: cloud("software"), operation: "update", outcome: "done", seconds },
  ]);
});

test("a preview says of a machine that is made what it starts from, and of its parts and a change nothing", () => {
  const [itself, disk] = [onMachine("x:index:Domain", "cloud-0"), onMachine("x:index:Disk", "cloud-0-disk")];
  const from = "prepared machine 3f9c6ad2";
  const made = [pre("create", machine, component(testbed, { from })), pre("create", itself, resource(machine))];
  const changed = [pre("same", machine, component(testbed, { from })), pre("update", itself, resource(machine))];
  const planned = { kind: "planned", changes: [] };
  expect(told(true, ...made, pre("create", disk, resource(machine)))).toEqual([
    { ...planned, item: cloud(), operation: "create", from },
    { ...planned, item: cloud("disk"), operation: "create" },
  ]);
  expect(told(true, ...changed)).toEqual([{ ...planned, item: cloud(), operation: "update" }]);
});

test("links, the cluster's workload and what is the testbed's own", () => {
  const lines = [
    pre("create", link, component(testbed)),
    // A component says twice that it is there.
    on("resOutputsEvent", "create", link, component(testbed)),
    on("resOutputsEvent", "create", link, component(testbed)),
    pre(
      "create",
      `${worker.replace("::strata-worker", "")}$kubernetes:apps/v1:Deployment::strata-worker`,
      resource(worker),
    ),
    pre("create", `${stack}strata:index:Testbed$x:index:Pool::pool`, resource(testbed)),
  ];
  expect(told(false, ...lines).map(({ kind, item }) => [kind, item])).toEqual([
    ["started", { type: "link", name: "cloud-edge" }],
    ["ended", { type: "link", name: "cloud-edge" }],
    ["started", { type: "workload", name: "strata-worker", part: "deployment" }],
    ["started", { type: "testbed", name: "lab", part: "pool" }],
  ]);
});

test("a replacement is its new half, and the old one's end", () => {
  const old = { new: null, old: resource(machine) };
  const lines = [
    pre("create-replacement", software, resource(machine)),
    pre("replace", software, resource(machine)),
    on("resOutputsEvent", "create-replacement", software, resource(machine)),
    pre("delete-replaced", software, null, old),
    on("resOutputsEvent", "delete-replaced", software, null, old),
  ];
  expect(told(false, ...lines).map((one) => [one.kind, "operation" in one && one.operation])).toEqual([
    ["started", "replace"],
    ["ended", "replace"],
    ["started", "delete"],
    ["ended", "delete"],
  ]);
});

test("what is said is passed on word for word; what failed says why", () => {
  const diagnostic = (more: State): string => JSON.stringify({ diagnosticEvent: { color: "never", ...more } });
  const failure = "the command ended with status 3:\nout\n  why";
  const lines = [
    diagnostic({ severity: "debug", message: "Registering resource\n" }),
    diagnostic({ severity: "info", message: "\n\n" }),
    diagnostic({ severity: "warning", message: "no KVM\n", urn: `${stack}pulumi:pulumi:Stack::strata-lab` }),
    pre("create", software, resource(machine)),
    diagnostic({ severity: "info", message: "TASK [base]\n", urn: software, ephemeral: true }),
    diagnostic({ severity: "error", message: `${failure}\n`, urn: software, prefix: "error: " }),
    on("resOpFailedEvent", "create", software, resource(machine)),
    "not of the engine",
    JSON.stringify({ stdoutEvent: { message: "^C received\n", color: "never" } }),
  ];
  const item = cloud("software");
  expect(told(false, ...lines)).toEqual([
    { kind: "message", severity: "warning", text: "no KVM" },
    { kind: "started", item, operation: "create" },
    { kind: "progress", item, phase: "run", text: "TASK [base]" },
    { kind: "message", severity: "error", text: failure, item },
    { kind: "ended", item, operation: "create", outcome: "failed", text: failure, seconds },
    { kind: "message", severity: "info", text: "not of the engine" },
    { kind: "message", severity: "info", text: "^C received" },
  ]);
});

test("a preview tells which inputs differ, with short values, and no secret's", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };
  const before = { latencyMs: 7.5, long: "a".repeat(41), password: secret, disks: [{ size: 1 }], "a.b": 1 };
  const after = {
    latencyMs: 20,
    long: "b".repeat(41),
    password: { ...secret, more: 1 },
    disks: [{ size: 2 }],
    "a.b": 1,
  };
  const detailedDiff = { "disks[0].size": {}, password: {}, '["a.b"]': {}, added: {} };
  const lines = [
    pre("update", link, component(testbed, after), { old: component(testbed, before) }),
    pre("update", software, resource(machine, { ...after, added: true }), {
      old: resource(machine, before),
      detailedDiff,
    }),
    pre("same", machine, component(testbed)),
  ];
  expect(told(true, ...lines)).toEqual([
    {
      kind: "planned",
      item: { type: "link", name: "cloud-edge" },
      operation: "update",
      changes: [
        { property: "disks" },
        { property: "latencyMs", from: "7.5", to: "20" },
        { property: "long" },
        { property: "password" },
      ],
    },
    {
      kind: "planned",
      item: cloud("software"),
      operation: "update",
      changes: [
        { property: '["a.b"]' },
        { property: "added", to: "true" },
        { property: "disks[0].size", from: "1", to: "2" },
        { property: "password" },
      ],
    },
  ]);
});
