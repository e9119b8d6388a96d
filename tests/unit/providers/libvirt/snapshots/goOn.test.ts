import { goOnAfterSave } from "../../../../../providers/libvirt/snapshots/goOn.ts";
import { memoryName, type StateMachine } from "../../../../../providers/libvirt/snapshots/target.ts";
import { MachineHost } from "../../../../support/machineHost.ts";

let host: MachineHost;
let machine: StateMachine;
let memory: string;
beforeEach(async () => {
  host = new MachineHost();
  machine = await host.add("a");
  memory = memoryName(machine);
});
afterEach(() => {
  host.remove();
});

const goOn = async (): Promise<[string[], string[]]> => {
  host.log.length = 0;
  return [await goOnAfterSave(host.on, [machine]), host.log];
};

test("one that is off, with its memory in a file, goes on from that", async () => {
  await host.killedSave(machine, memory, "after");
  expect(await goOn()).toEqual([["a"], ["restore a", "wake a", `delete ${memory}`]]);
});

test("one that libvirt still saves is waited for", async () => {
  await host.killedSave(machine, memory, 2);
  expect(await goOn()).toEqual([["a"], ["save a", "restore a", "wake a", `delete ${memory}`]]);
});

test("one that is held still is woken", async () => {
  await host.killedSave(machine, memory, "before");
  host.hold(machine);
  expect(await goOn()).toEqual([[], ["wake a", `delete ${memory}`]]);
});

test("one that runs by itself is left alone, but for the file", async () => {
  await host.killedSave(machine, memory, "before");
  expect(await goOn()).toEqual([[], [`delete ${memory}`]]);
});

test("one that nobody was saving stays as it is, off or not, or gone", async () => {
  expect(await goOn()).toEqual([[], []]);
  host.powerOff(machine);
  expect(await goOn()).toEqual([[], []]);
  host.forget(machine);
  expect(await goOn()).toEqual([[], []]);
});

test("where one can't go on, its memory stays", async () => {
  await host.killedSave(machine, memory, "after");
  host.failing.add("restore a");
  await expect(goOn()).rejects.toThrow("can't restore a");
  expect(host.volumes).toContain(memory);
});
