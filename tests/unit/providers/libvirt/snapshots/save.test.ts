import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { readSaved } from "../../../../../providers/libvirt/saved/store.ts";
import { saveMachines } from "../../../../../providers/libvirt/snapshots/save.ts";
import { memoryName, type StateMachine } from "../../../../../providers/libvirt/snapshots/target.ts";
import { MachineHost } from "../../../../support/machineHost.ts";

let host: MachineHost;
let machines: StateMachine[];
async function open(options: { isRemote?: boolean } = {}): Promise<void> {
  host = new MachineHost(options);
  machines = [await host.add("a"), await host.add("b")];
}
beforeEach(() => open());
afterEach(() => {
  host.remove();
});

const directory = (name: string): string => join(host.root, "kept", name);
const save = (): Promise<number> =>
  saveMachines(host.on, machines, {
    ...{ directory, startHold: (name) => host.startHold(name), tell: (what) => void host.log.push(what) },
  });
const disks = ["a.qcow2", "b.qcow2"];
const volumesOf = (): string[] => machines.map(memoryName);

/** What was done, each step's machines in the order of their names. */
const steps = (): string[] => {
  const verbs = ["hold ", "save ", "restore ", "wake ", "delete "];
  return verbs.flatMap((verb) => host.log.filter((line) => line.startsWith(verb)).sort());
};
const first = (beginning: string): number => host.log.findIndex((line) => line.startsWith(beginning));
const last = (beginning: string): number => host.log.findLastIndex((line) => line.startsWith(beginning));

async function kept(name: string): Promise<{ disk: string; memory: string; cookie: string }> {
  const saved = await readSaved(directory(name));
  if (typeof saved !== "object") throw new Error(saved);
  const memory = zstdDecompressSync(readFileSync(join(directory(name), "memory.zst"))).toString();
  return { disk: readFileSync(join(directory(name), "disk.qcow2"), "utf8"), memory, cookie: saved.cookie };
}

test("all are held, then saved, and go on; nothing is left on the host", async () => {
  expect(await save()).toBeGreaterThan(0);
  const memories = volumesOf();
  expect(steps()).toEqual(
    ["hold a", "hold b", "save a", "save b", "restore a", "restore b", "wake a", "wake b"].concat(
      memories.map((name) => `delete ${name}`).sort(),
    ),
  );
  expect(last("hold ")).toBeLessThan(first("save"));
  expect(last("save")).toBeLessThan(first("restore"));
  expect(last("wake")).toBeLessThan(first("compressing"));
  expect(host.volumes).toEqual(disks);
});

test.each([false, true])("what is kept is memory and disk of one moment (on another host: %s)", async (isRemote) => {
  host.remove();
  await open({ isRemote });
  await save();
  for (const name of ["a", "b"]) {
    expect(await kept(name)).toEqual({
      ...{ disk: `disk of ${name}`, memory: `memory of ${name}`, cookie: `<cookie of="${name}"/>` },
    });
    expect(readFileSync(join(host.root, "pool", `${name}.qcow2`), "utf8")).toBe(`disk of ${name}, written since`);
  }
});

/** Nothing is kept, and nothing left. */
function expectNothing(): void {
  expect(readdirSync(join(host.root, "kept"))).toEqual([]);
  expect(host.volumes.filter((name) => !disks.includes(name))).toEqual([]);
}

test("where one can't be saved, it goes on as it was, and so do those that were", async () => {
  host.failing.add("save a");
  await expect(save()).rejects.toThrow(/^machine a can't be saved: .*can't save a/);
  expect(steps().slice(0, -2)).toEqual(["hold a", "hold b", "save a", "save b", "restore b", "wake a", "wake b"]);
  expectNothing();
});

test("where a disk can't be kept, all go on first", async () => {
  rmSync(join(host.root, "pool/b.qcow2"));
  await expect(save()).rejects.toThrow(/ENOENT/);
  expect(steps().slice(4, 8)).toEqual(["restore a", "restore b", "wake a", "wake b"]);
  expectNothing();
});

test("where the memory can't be kept, all go on first", async () => {
  host.failing.add("version");
  await expect(save()).rejects.toThrow("no version");
  expect(steps().slice(4, 8)).toEqual(["restore a", "restore b", "wake a", "wake b"]);
  expectNothing();
});

test("where one can't go on, the others do, and its memory stays for the next who tries", async () => {
  host.failing.add("restore a");
  await expect(save()).rejects.toThrow("can't restore a");
  expect(steps().slice(4)).toEqual(["restore a", "restore b", "wake b"]);
  expect(host.volumes).toContain(memoryName(machines[0]!));
});

test("memory that a killed run has left is written anew", async () => {
  await host.killedSave(machines[0]!, memoryName(machines[0]!), "before");
  await save();
  expect(first("delete")).toBeLessThan(first("hold "));
  expect(existsSync(directory("a"))).toBe(true);
});

test.each<[string, (machine: StateMachine) => void, string]>([
  [
    "gone",
    (machine) => {
      host.forget(machine);
    },
    "machine a is not there",
  ],
  [
    "off",
    (machine) => {
      host.powerOff(machine);
    },
    "machine a does not run",
  ],
  [
    "without a port",
    (machine) => {
      host.change(machine, (xml) => xml.replace(/<channel.*<\/channel>/s, ""));
    },
    "machine a has no port by which it could be held still, as it was made to boot; write machines: { boot: prepared }",
  ],
  [
    "of somebody else",
    (machine) => {
      host.change(machine, (xml) => xml.replace(/state="\w+"/, 'state="others"'));
    },
    'there is already a machine "a", which belongs to',
  ],
])("one that is %s is said before anything is done", async (_what, change, said) => {
  change(machines[0]!);
  await expect(save()).rejects.toThrow(said);
  expect(host.log).toEqual([]);
});
