import { createServer, type AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { candidatePorts } from "../../../../providers/strata/access/forwardProcess.ts";
import { listens, processesWith, startDetached } from "../../../../providers/strata/process/detached.ts";
import { endProcesses } from "../../../../providers/strata/process/processes.ts";
import { patient } from "../../../support/patience.ts";
import { freePort } from "../../../support/ports.ts";

const directory = mkdtempSync(join(tmpdir(), "detached-"));
const { signal } = new AbortController();

afterAll(() => {
  rmSync(directory, { recursive: true });
});

const program = (script: string, port: number, log?: string) => ({
  ...{ command: process.execPath, args: ["-e", script, directory], at: `127.0.0.1:${port}`, log },
  ready: (pid: number) => listens(pid, "127.0.0.1", port),
  environment: { GIVEN: "yes" },
});

test("a listener is seen without connecting to it", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  expect(listens("self", "127.0.0.1", port)).toBe(true);
  expect(listens("self", "127.0.0.2", port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(listens("self", "127.0.0.1", port)).toBe(false);
});

test("a program is started without the environment of this one, found by its arguments, and ended", async () => {
  process.env.PULUMI_CONFIG_PASSPHRASE = "secret";
  const log = join(directory, "log");
  const port = await freePort();
  const script = `console.log(Object.keys(process.env).join()); require("node:net").createServer().listen(${port}, "127.0.0.1")`;
  const pid = await startDetached(program(script, port, log), patient(20_000), signal);
  expect(processesWith(process.execPath, directory)).toEqual([pid]);
  expect(readFileSync(log, "utf8").trim().split(",").sort()).toEqual(["GIVEN", "PATH"]);
  await endProcesses([pid], patient(3000));
  expect(processesWith(process.execPath, directory)).toEqual([]);
});

test("why it could not be started", async () => {
  const port = await freePort();
  await expect(startDetached(program("process.exit(3)", port), patient(20_000), signal)).rejects.toThrow(
    "it ended with 3",
  );
  await expect(
    startDetached({ ...program("", 1), command: "no-such-program" }, patient(20_000), signal),
  ).rejects.toThrow("no-such-program could not be started: Error: spawn no-such-program ENOENT");
  await expect(startDetached(program("setInterval(() => 0, 1000)", port), 300, signal)).rejects.toThrow(
    `it does not listen at 127.0.0.1:${port} after 0.3 s`,
  );
});

test("a stack's forward has the same port again, and others when that is taken", () => {
  const first = (...args: Parameters<typeof candidatePorts>) => [...candidatePorts(...args)].slice(0, 3);
  const [own = 0, next] = first("lab", "10.83.0.10:6443");
  expect(own).toBeGreaterThanOrEqual(20_000);
  expect(next).toBe(own === 29_999 ? 20_000 : own + 1);
  expect(first("lab", "10.83.0.10:6443", "127.0.0.1:23456")).toEqual([23_456, own, next]);
  expect(first("other", "10.83.0.10:6443")[0]).not.toBe(own);
});
