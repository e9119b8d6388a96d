import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { streamOffset } from "../../../../../providers/libvirt/saved/memoryFile.ts";
import { withMemory } from "../../../../../providers/libvirt/saved/memoryFiles.ts";
import { draft, type Saved } from "../../../../../providers/libvirt/saved/store.ts";

const stream = Buffer.alloc(3_000_000, "QEVM and what follows ");
const header = (machine: string): Buffer => Buffer.alloc(streamOffset, machine);
const memoryOf = (machine: string): Buffer => Buffer.concat([header(machine), stream]);

let root: string;
let saved: Saved;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "strata-saved-"));
  const { write, keep } = await draft(join(root, "0123"));
  write("memory", stream);
  write("disk.qcow2", Buffer.from("disk"));
  const fingerprint = { qemu: "7.2.0", libvirt: "9.0.0", processor: "emulated", shape: "0123456789abcdef" };
  saved = await keep({ fingerprint, cookie: "<cookie/>" });
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test("a machine gets the memory behind its own header, in a file that goes afterwards", async () => {
  let path = "";
  await withMemory(saved, header("one"), (file) => {
    path = file;
    expect(readFileSync(file).equals(memoryOf("one"))).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    return Promise.resolve();
  });
  expect(() => statSync(path)).toThrow(/ENOENT/);
  expect(readdirSync(root)).toEqual(["0123"]);
});

test("many machines get the same few files, one after the other, each with its own header", async () => {
  const most = availableParallelism();
  const machines = Array.from({ length: 2 * most + 1 }, (_, index) => `machine-${index}`);
  const paths = new Set<string>();
  let running = 0;
  await Promise.all(
    machines.map((machine) =>
      withMemory(saved, header(machine), async (path) => {
        paths.add(path);
        running += 1;
        expect(running).toBeLessThanOrEqual(most);
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(readFileSync(path).equals(memoryOf(machine))).toBe(true);
        running -= 1;
      }),
    ),
  );
  expect(paths.size).toBe(most);
  expect(readdirSync(root)).toEqual(["0123"]);
});

test("a machine that can't be started takes nothing from the others, and leaves nothing", async () => {
  const ends = await Promise.allSettled(
    Array.from({ length: 2 * availableParallelism() }, (_, index) =>
      withMemory(saved, header(`${index}`), (path) => {
        if (index === 0) return Promise.reject(new Error("no restore"));
        expect(readFileSync(path).equals(memoryOf(`${index}`))).toBe(true);
        return Promise.resolve();
      }),
    ),
  );
  expect(ends.filter(({ status }) => status === "rejected")).toEqual([
    { status: "rejected", reason: new Error("no restore") },
  ]);
  expect(readdirSync(root)).toEqual(["0123"]);
});

test("memory that can't be unpacked is an error, and leaves nothing", async () => {
  writeFileSync(join(saved.directory, "memory.zst"), "no memory");
  await expect(withMemory(saved, header("one"), () => Promise.resolve())).rejects.toThrow(/frame|zstd|descriptor/i);
  expect(readdirSync(root)).toEqual(["0123"]);
});
