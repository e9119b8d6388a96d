// `strata mirror add`: what the user brings takes the place of what is there, or leaves it as it was.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addItem } from "../../../artifacts/transfer/add.ts";
import { item, itemEntry } from "../../../artifacts/mirror/item.ts";
import { readRecord, verifyEntry } from "../../../artifacts/store/entry.ts";
import { storeFake } from "../../support/mirror/fakeItems.ts";

const kubernetes = item("kubernetes", "1.35.4");
const programs = ["kubeadm", "kubelet", "kubectl"];
let directory: string;
const path = (name: string): string => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-add-"));
  process.env.STRATA_CACHE = path("cache");
  for (const name of programs) writeFileSync(path(name), `my own ${name}`, { mode: 0o600 });
});
afterEach(() => {
  delete process.env.STRATA_CACHE;
  rmSync(directory, { recursive: true });
});

const add = () => addItem({ item: kubernetes, files: programs.map(path), asIs: true });

test("programs are there under their names and can be run, in place of those before", async () => {
  await storeFake(kubernetes);
  const { directory: entry, state } = await add();
  expect(state).toBe("ready");
  expect(verifyEntry(itemEntry(kubernetes)).state).toBe("ready");
  for (const name of programs) {
    expect(readFileSync(join(entry, name), "utf8")).toBe(`my own ${name}`);
    expect(statSync(join(entry, name)).mode & 0o777).toBe(0o755);
  }
  expect(readRecord(itemEntry(kubernetes))).toMatchObject({ source: "added", version: "1.35.4" });
});

test.each([
  [
    "is not there",
    (file: string) => {
      rmSync(file);
    },
  ],
  [
    "is a folder",
    (file: string) => {
      rmSync(file);
      mkdirSync(file);
    },
  ],
])("a file that %s is named, and what was there before stays", async (_, spoil) => {
  const before = await storeFake(kubernetes);
  spoil(path("kubectl"));
  await expect(add()).rejects.toThrow(`${path("kubectl")} is no file that can be read; check its path and its mode`);
  expect(verifyEntry(itemEntry(kubernetes)).state).toBe("ready");
  expect(readFileSync(join(before.directory, "kubectl"), "utf8")).toBe("kubectl of kubernetes 1.35.4\n");
});

test("a program without a checksum is refused with both ways out, one with another's name by name", async () => {
  const unpinned = item("kubernetes", "1.33.13");
  await expect(addItem({ item: unpinned, files: programs.map(path), asIs: false })).rejects.toThrow(
    /there is no checksum of kubernetes 1\.33\.13 to check it by; give the publisher's with --sha256 HEX \(one file\), or .*--as-is/,
  );
  writeFileSync(path("helm"), "");
  await expect(addItem({ item: kubernetes, files: [...programs, "helm"].map(path), asIs: true })).rejects.toThrow(
    `kubernetes 1.35.4 is kubeadm, kubelet, kubectl, each in a file of that name; not of it: ${path("helm")}`,
  );
});
