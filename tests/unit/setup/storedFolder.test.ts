import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { temporaryFolder } from "../../../setup/storedFolder.ts";

const cache = mkdtempSync(join(tmpdir(), "strata-stored-"));
const before = process.env.STRATA_CACHE;
beforeAll(() => {
  process.env.STRATA_CACHE = cache;
});
afterAll(() => {
  if (before === undefined) delete process.env.STRATA_CACHE;
  else process.env.STRATA_CACHE = before;
  rmSync(cache, { recursive: true });
});

test("folders that killed runs were filling go after a day; finished ones and those of running ones stay", async () => {
  for (const name of [".new-old", ".new-young", "3f2a"]) {
    mkdirSync(join(cache, "engine", name), { recursive: true });
    writeFileSync(join(cache, "engine", name, "pulumi"), "");
  }
  const days = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
  for (const name of [".new-old", "3f2a"]) utimesSync(join(cache, "engine", name), days, days);
  const made = basename(await temporaryFolder({ name: "engine", record: "engine.json" }));
  expect(readdirSync(join(cache, "engine")).sort()).toEqual([".new-young", made, "3f2a"].sort());
});
