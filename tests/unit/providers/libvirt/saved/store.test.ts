import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { draft, readSaved, removeStale, type Saved } from "../../../../../providers/libvirt/saved/store.ts";

const fingerprint = { qemu: "7.2.0", libvirt: "9.0.0", processor: "emulated", shape: "0123456789abcdef" };
const stream = Buffer.alloc(3_000_000, "QEVM and what follows ");

let root: string;
let directory: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "strata-saved-"));
  directory = join(root, "prepared/0123");
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

async function keep(): Promise<Saved> {
  const { write, keep: finish } = await draft(directory);
  write("memory", stream.subarray(0, 1000));
  write("memory", stream.subarray(1000));
  write("disk.qcow2", Buffer.from("disk"));
  return finish({ fingerprint, cookie: "<cookie/>" });
}

test("what is kept is found again, smaller, readable by its owner alone", async () => {
  const kept = await keep();
  expect(await readSaved(directory)).toEqual(kept);
  expect(kept.memory.streamBytes).toBe(stream.length);
  expect(kept.memory.bytes).toBeLessThan(stream.length / 2);
  expect(readdirSync(directory).map((name) => (statSync(join(directory, name)).mode & 0o777).toString(8))).toEqual([
    "600",
    "600",
    "600",
  ]);
  expect(readdirSync(join(root, "prepared"))).toEqual(["0123"]);
});

test("nothing is there where nothing was kept", async () => {
  expect(await readSaved(directory)).toBeUndefined();
});

test.each([
  [
    "memory.zst",
    (file: string) => {
      flip(file);
    },
    /memory.zst is not what was saved/,
  ],
  [
    "memory.zst",
    (file: string) => {
      writeFileSync(file, "short");
    },
    /memory.zst is not what was saved/,
  ],
  [
    "disk.qcow2",
    (file: string) => {
      rmSync(file);
    },
    /disk.qcow2 is missing/,
  ],
  [
    "saved.json",
    (file: string) => {
      writeFileSync(file, "{");
    },
    /none that this version understands/,
  ],
  [
    "saved.json",
    (file: string) => {
      writeFileSync(file, JSON.stringify({ form: 2 }));
    },
    /none that this version understands/,
  ],
])("a %s that was spoilt is found before it is used, and made anew (%#)", async (name, spoil, sentence) => {
  await keep();
  spoil(join(directory, name));
  expect(await readSaved(directory)).toMatch(sentence);
  const anew = await keep();
  expect(await readSaved(directory)).toEqual(anew);
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

test("a draft that is dropped leaves nothing", async () => {
  const { write, drop } = await draft(directory);
  write("memory", stream);
  await drop();
  expect(readdirSync(join(root, "prepared"))).toEqual([]);
});

test("what killed runs left is removed once it is a day old; other entries' and young ones stay", async () => {
  const beside = (name: string, hours: number): void => {
    const path = join(root, "prepared", name);
    mkdirSync(path, { recursive: true });
    const then = new Date(Date.now() - hours * 3600 * 1000);
    utimesSync(path, then, then);
  };
  beside("0123.passing-aaaaaa", 25);
  beside("0123.passing-bbbbbb", 1);
  beside("4567.passing-cccccc", 25);
  await removeStale(directory);
  expect(readdirSync(join(root, "prepared"))).toEqual(["0123.passing-bbbbbb", "4567.passing-cccccc"]);
});
