import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Operation } from "../../../../providers/kit/crud.ts";
import { claimLog, dropLog } from "../../../../providers/libvirt/resources/consoleLog.ts";
import type { Libvirt } from "../../../../providers/libvirt/rpc/libvirt.ts";

const operation = {
  urn: "urn:pulumi:lab::strata::libvirt:index/domain:Domain::cloud-0",
  context: { isTest: false, isRemote: false },
} as unknown as Operation<Libvirt>;

test("what others have put in the mark's place is not written to, nor taken for the mark", async () => {
  const directory = mkdtempSync(join(tmpdir(), "strata-log-"));
  const [log = "", victim = ""] = ["cloud-0.log", "victim"].map((name) => join(directory, name));
  writeFileSync(victim, "kept");
  expect(await claimLog(operation, log, false)).toBe(log);
  const [mark = ""] = readdirSync(directory).filter((name) => name.includes(".owner-"));
  rmSync(join(directory, mark));
  symlinkSync(victim, join(directory, mark));
  await expect(claimLog(operation, log, false)).rejects.toThrow("is somebody else's, or no plain file");
  expect(readFileSync(victim, "utf8")).toBe("kept");
  writeFileSync(log, "theirs");
  await expect(claimLog(operation, log, false)).rejects.toThrow(`there is already a file ${log}`);
  rmSync(directory, { recursive: true });
});

test("a log goes with what virtlogd has put aside of it, and with nothing else", async () => {
  const directory = mkdtempSync(join(tmpdir(), "strata-log-"));
  const log = join(directory, "cloud-0.log");
  expect(await claimLog(operation, log, false)).toBe(log);
  const kept = ["cloud-0.log.old", "cloud-00.log.0", "notes"];
  for (const name of ["cloud-0.log", "cloud-0.log.0", "cloud-0.log.12", ...kept])
    writeFileSync(join(directory, name), "x");
  await dropLog(operation, log);
  expect(readdirSync(directory).sort()).toEqual(kept);
  rmSync(directory, { recursive: true });
});
