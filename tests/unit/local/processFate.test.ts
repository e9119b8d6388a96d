import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { isGone } from "../../../local/processFate.ts";
import { until } from "../../support/until.ts";

const hour = 3_600_000;

test("a process that runs, and ran then, is not gone", () => {
  expect(isGone(process.pid, Date.now())).toBe(false);
  expect(isGone(1, Date.now())).toBe(false);
});

test("an id that nothing has, or that began later, is of one that is gone", async () => {
  const child = spawn("true");
  await once(child, "exit");
  expect(isGone(child.pid!, Date.now())).toBe(true);
  expect(isGone(process.pid, Date.now() - process.uptime() * 1000 - hour)).toBe(true);
});

test("after a reboot every process of before is gone", () => {
  const booted = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]) * 1000;
  expect(isGone(1, booted - hour)).toBe(true);
});

test("a zombie has ended", async () => {
  // The shell's child ends, and what the shell has become never asks how.
  const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 3600"], { stdio: ["ignore", "pipe", "inherit"] });
  const [pid] = (await once(parent.stdout, "data")) as [Buffer];
  const state = () => readFileSync(`/proc/${Number(pid)}/stat`, "utf8").split(" ")[2];
  await until("the zombie", 20_000, () => state() === "Z");
  expect(isGone(Number(pid), Date.now())).toBe(true);
  parent.kill("SIGKILL");
});
