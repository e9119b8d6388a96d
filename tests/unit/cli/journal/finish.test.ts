import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kinds, type Entry } from "../../../../cli/journal/entry.ts";
import { finishJournal } from "../../../../cli/journal/finish.ts";
import { hashOf, journalOf, JournalWriter } from "../../../../cli/journal/journalFile.ts";

let folder: string;
let state: string;
let journal: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
  for (const name of ["stacks/strata", "strata-journals"])
    mkdirSync(join(folder, ".pulumi", name), { recursive: true });
  state = join(folder, ".pulumi/stacks/strata/lab.json");
  journal = journalOf(folder, "lab");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const urn = (name: string): string => `urn:pulumi:lab::strata::libvirt:index/volume:Volume::${name}`;
const text = (...names: string[]): string =>
  JSON.stringify({
    version: 3,
    checkpoint: { stack: "organization/strata/lab", latest: { resources: names.map((name) => ({ urn: urn(name) })) } },
  });
const made = (operationID: number, name: string): Entry => ({
  ...{ version: 1, kind: kinds.success, sequenceID: operationID, operationID },
  state: { urn: urn(name) },
});

async function write(base: string, entries: Entry[]): Promise<void> {
  const header = { base: hashOf(base), engine: "3.274.1", began: "2026-12-01T02:00:00.000Z" };
  const writer = await JournalWriter.create(journal, header);
  await writer.add(entries);
  await writer.close();
}

function finish(): string[] {
  const said: string[] = [];
  finishJournal(folder, "lab", (sentence) => said.push(sentence));
  return said;
}

const names = (): string[] => {
  const { checkpoint } = JSON.parse(readFileSync(state, "utf8")) as {
    checkpoint: { latest: { resources: { urn: string }[] } };
  };
  return checkpoint.latest.resources.map((resource) => resource.urn.split("::").at(-1)!);
};

test("where there is none, there is nothing to do", () => {
  writeFileSync(state, text("a"));
  expect(finish()).toEqual([]);
  expect(readFileSync(state, "utf8")).toBe(text("a"));
});

test("the state is made of it, the one before is kept, and it goes", async () => {
  writeFileSync(state, text("a"));
  await write(text("a"), [made(1, "b")]);
  expect(finish()).toEqual([]);
  expect(names()).toEqual(["b", "a"]);
  expect(readFileSync(`${state}.bak`, "utf8")).toBe(text("a"));
  expect(existsSync(journal)).toBe(false);
  // The engine looks whether this is the hash of its version.
  expect(JSON.parse(readFileSync(state, "utf8"))).toMatchObject({
    checkpoint: {
      latest: { manifest: { magic: "294a449188e3da4517a05ae33e5c1307bbafa419a82735db7986e01d5ec6b1c0" } },
    },
  });
});

test("entries that the engine sends again, or out of their order, are there once", async () => {
  writeFileSync(state, text());
  const writer = await JournalWriter.create(journal, {
    ...{ base: hashOf(text()), engine: "3.274.1", began: "2026-12-01T02:00:00.000Z" },
  });
  await writer.add([made(2, "b")]);
  await writer.add([made(1, "a"), made(2, "b")]);
  await writer.close();
  expect(readFileSync(journal, "utf8").split("\n")).toHaveLength(4);
  finish();
  expect(names()).toEqual(["b", "a"]);
});

test.each([
  ["in the middle of a line", (whole: string) => whole.slice(0, -20)],
  ["between an entry and its line's end", (whole: string) => whole.slice(0, -1)],
])("one that was killed %s ends before it", async (_, cut) => {
  writeFileSync(state, text("a"));
  await write(text("a"), [made(1, "b"), made(2, "c")]);
  writeFileSync(journal, cut(readFileSync(journal, "utf8")));
  finish();
  expect(names()).toEqual(["b", "a"]);
});

test("what a full disk took a part of is none of it, and what comes later is", () => {
  writeFileSync(state, text());
  const script = `
    const { JournalWriter, hashOf } = await import(${JSON.stringify(join(import.meta.dirname, "../../../../cli/journal/journalFile.ts"))});
    const header = { base: ${JSON.stringify(hashOf(text()))}, engine: "3.274.1", began: "2026-12-01T02:00:00.000Z" };
    const writer = await JournalWriter.create(${JSON.stringify(journal)}, header);
    const [a, long, b] = ${JSON.stringify([made(1, "a"), made(2, "x".repeat(4000)), made(3, "b")])};
    await writer.add([a]);
    console.log(await writer.add([long]).catch(({ code }) => code));
    await writer.add([b]);`;
  // 2 KiB: Node.js ignores the signal that goes with it.
  const limited = ["-c", 'ulimit -f 4; exec "$@"', "sh", process.execPath, "--input-type=module", "--eval", script];
  const env = { ...process.env, NODE_OPTIONS: "" };
  const { stdout, stderr } = spawnSync("sh", limited, { encoding: "utf8", env });
  expect(`${stdout}${stderr}`).toMatch(/^EFBIG\n/);
  finish();
  expect(names()).toEqual(["a", "b"]);
});

test("killed before it had begun, it changes nothing", () => {
  writeFileSync(state, text("a"));
  writeFileSync(journal, "");
  expect(finish()).toEqual([]);
  expect(names()).toEqual(["a"]);
  expect(existsSync(journal)).toBe(false);
});

test("killed after the state was written, it is not made twice", async () => {
  writeFileSync(state, text("a"));
  await write(text("a"), [made(1, "b")]);
  const kept = readFileSync(journal);
  finish();
  const after = readFileSync(state, "utf8");
  writeFileSync(journal, kept);
  expect(finish()).toEqual([]);
  expect(readFileSync(state, "utf8")).toBe(after);
  expect(existsSync(journal)).toBe(false);
});

test("where plain Pulumi went on from the state before, it is told what may be there, and nothing is changed", async () => {
  writeFileSync(state, text("a"));
  await write(text("a"), [made(1, "b"), made(2, "c")]);
  writeFileSync(state, text("a", "b", "d"));
  expect(finish()).toEqual([
    "the state of lab was changed after a run of strata was killed, without what that run had made: c may be there; " +
      `./strata up lab takes over what the experiment has of it (its journal: ${journal}.unused)`,
  ]);
  expect(names()).toEqual(["a", "b", "d"]);
});
