import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { consoleTail } from "../../../../providers/strata/net/consoleTail.ts";

test("the last lines, without colours, carriage returns and empty lines", async () => {
  const directory = mkdtempSync(join(tmpdir(), "console-"));
  const file = join(directory, "log");
  writeFileSync(file, "one\r\n\r\n[\u001b[0;32m  OK  \u001b[0m] two\r\n\u001b[2Jthree");
  expect(await consoleTail(file, 2)).toBe("[  OK  ] two\nthree");
  rmSync(directory, { recursive: true });
});

test("no console, no text", async () => {
  expect(await consoleTail("/nonexistent/log", 5)).toBe("");
  expect(await consoleTail(undefined, 5)).toBe("");
});
