import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { item, itemEntry } from "../../../artifacts/mirror/item.ts";
import { entryDirectory } from "../../../artifacts/store/entry.ts";
import { eventSchema } from "../../../events/event.ts";
import { storeFake } from "../../support/mirror/fakeItems.ts";
import { patient } from "../../support/patience.ts";

const main = join(import.meta.dirname, "../../../cli/main.ts");
const pause = item("pause", "3.10.1");
let cache: string;

beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), "strata-cli-mirror-"));
  process.env.STRATA_CACHE = join(cache, "one");
  await storeFake(pause);
});

afterEach(() => {
  delete process.env.STRATA_CACHE;
  rmSync(cache, { recursive: true });
});

function mirror(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, "mirror", ...args],
    { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" }, timeout: patient(60_000) },
  );
  return { status, stdout, stderr };
}

/** Kind, item, and phase or outcome of each. */
const events = (lines: string): string[] =>
  lines
    .trimEnd()
    .split("\n")
    .map((line) => eventSchema.parse(JSON.parse(line)))
    .flatMap((event) =>
      event.kind === "message"
        ? [event.text]
        : [
            [
              event.kind,
              event.item.type,
              event.item.name,
              event.kind === "ended" ? event.outcome : event.kind === "progress" ? event.phase : "",
            ]
              .join(" ")
              .trim(),
          ],
    );

test("list says what is there, for people and for programs", () => {
  const rows = JSON.parse(mirror("list", "--json").stdout) as { name: string; version: string; state: string }[];
  expect(rows.filter(({ state }) => state !== "missing").map(({ name, version }) => `${name} ${version}`)).toEqual([
    "pause 3.10.1",
  ]);
  expect(rows.length).toBeGreaterThan(25);
  expect(mirror("list").stdout).toMatch(/^pause +3\.10\.1 +image +ready +built .* registry\.k8s\.io\/pause:3\.10\.1$/m);
});

test("a tampered copy fails verify, which names it and what to do", () => {
  expect(mirror("verify")).toMatchObject({ status: 0, stdout: "1 of 1 are as they were recorded\n" });
  appendFileSync(join(entryDirectory(itemEntry(pause)), "image.tar"), "x");
  const { status, stderr } = mirror("verify");
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^strata: pause 3\.10\.1: image\.tar has \d+ bytes instead of \d+\nDamaged copies are not served\. Get them anew: strata mirror pull pause@3\.10\.1\n$/,
  );
});

test("export here, import there", () => {
  const archive = join(cache, "mirror.tar");
  const { sha256 } = JSON.parse(mirror("export", archive, "--json").stdout) as { sha256: string };
  process.env.STRATA_CACHE = join(cache, "other");
  expect(events(mirror("import", archive, "--events").stdout)).toEqual([
    "started command mirror import",
    "started artifact pause 3.10.1",
    "progress artifact pause 3.10.1 unpack",
    "progress artifact pause 3.10.1 record",
    "ended artifact pause 3.10.1 done",
    "ended command mirror import done",
  ]);
  process.env.STRATA_CACHE = join(cache, "third");
  expect(mirror("import", "--sha256", sha256, archive)).toMatchObject({
    status: 0,
    stdout: "1 imported, 0 were there\n",
  });
  expect(mirror("import", archive).stdout).toBe("0 imported, 1 were there\n");
  expect(mirror("import", "--sha256", "0".repeat(64), archive).status).toBe(1);
});

test("it never serves on all addresses, and wants names that there are", () => {
  expect(mirror("serve", "--address", "0.0.0.0").status).toBe(2);
  expect(mirror("build", "helm").stderr).toMatch(/^strata: the mirror has no artifact helm; it has kubernetes, /);
});
