import { runCommand } from "../../../setup/runCommand.ts";
import { patient } from "../../support/patience.ts";

const signal = new AbortController().signal;

test("lines of both streams are passed on, and standard output is returned", async () => {
  const lines: string[] = [];
  const script = "echo one; echo two >&2; echo three";
  const output = await runCommand("sh", ["-c", script], {
    limitMs: patient(30_000),
    signal,
    onLine: (line) => lines.push(line),
  });
  // Two pipes: which of them is read first is the system's to say.
  expect(lines.filter((line) => line !== "two")).toEqual(["one", "three"]);
  expect(lines).toContain("two");
  expect(output).toBe("one\nthree");
});

test("a failure says what was run, how it ended and what it printed last", async () => {
  const script = "for i in $(seq 20); do echo line $i; done; echo no space left >&2; exit 4";
  const shown = [...Array.from({ length: 14 }, (_, index) => `line ${index + 7}`), "no space left"].join("\n");
  await expect(runCommand("sh", ["-c", script], { limitMs: patient(30_000), signal })).rejects.toMatchObject({
    message: `sh -c ${script} ended with status 4:\n${shown}`,
  });
});

test("a command that does not end is ended", async () => {
  await expect(runCommand("sleep", ["60"], { limitMs: 300, signal })).rejects.toMatchObject({
    message: "sleep 60 did not end within 0 s",
  });
});

test("a command that is not there is named", async () => {
  await expect(runCommand("strata-no-such-command", [], { limitMs: patient(1000), signal })).rejects.toMatchObject({
    message: expect.stringMatching(/^strata-no-such-command {2}could not be run: .*ENOENT/) as string,
  });
});

test("an interrupt ends the command and is not a failure of it", async () => {
  const stop = new AbortController();
  const begun = performance.now();
  const running = runCommand("sleep", ["60"], { limitMs: patient(60_000), signal: stop.signal });
  setTimeout(() => {
    stop.abort();
  }, 100);
  await expect(running).rejects.toMatchObject({ name: "AbortError" });
  // Sooner than by itself.
  expect(performance.now() - begun).toBeLessThan(60_000);
});
