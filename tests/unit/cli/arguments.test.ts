// What each command says of wrong usage, before it does anything; and `--json` of those that need no testbed.
import { Command, CommanderError } from "commander";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { item } from "../../../artifacts/mirror/item.ts";
import { commandNames, commands } from "../../../cli/commands.ts";
import { reportError } from "../../../cli/terminal/reportError.ts";
import { diagnose } from "../../../setup/facts/diagnose.ts";
import type { Step } from "../../../setup/step.ts";
import { storeFake } from "../../support/mirror/fakeItems.ts";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "strata-arguments-"));
  process.env.STRATA_STATE = join(state, "state");
  process.env.STRATA_CACHE = join(state, "cache");
});
afterEach(() => {
  delete process.env.STRATA_STATE;
  delete process.env.STRATA_CACHE;
  rmSync(state, { recursive: true });
});

interface Said {
  /** 2 for wrong usage, as cli/main.ts has it. */
  status: number;
  out: string;
  err: string;
}

/** A command line as cli/main.ts runs it, in this process. */
async function strata(...args: string[]): Promise<Said> {
  let [out, err] = ["", ""];
  const into = (text: string): boolean => {
    out += text;
    return true;
  };
  const program = new Command("strata")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: into,
      writeErr: (text) => {
        err += text;
      },
    });
  for (const name of commandNames) (await commands[name]!()).register(program);
  const [write, writeError] = [process.stdout, process.stderr].map((stream) => stream.write.bind(stream));
  process.stdout.write = into;
  process.stderr.write = (text) => (err += String(text)) !== "";
  try {
    await program.parseAsync(args, { from: "user" });
    return { status: 0, out, err };
  } catch (error) {
    if (error instanceof CommanderError) return { status: error.exitCode === 0 ? 0 : 2, out, err };
    return { status: reportError(error, (text) => (err += text)), out, err };
  } finally {
    process.stdout.write = write!;
    process.stderr.write = writeError!;
  }
}

const missing = (name: string): string => `missing required argument '${name}'`;

test.each<[string, string]>([
  ["up", missing("stack")],
  ["preview", missing("stack")],
  ["destroy", missing("stack")],
  ["bench", missing("stack")],
  ["report", missing("stack")],
  ["kubeconfig", missing("stack")],
  ["verify network", missing("stack")],
  ["ssh", missing("stack")],
  ["ssh lab", missing("machine")],
  ["completion", missing("shell")],
  ["mirror add", missing("name")],
  ["mirror add pause", missing("version")],
  ["mirror add pause 3.10.1", missing("files")],
  ["mirror export", missing("file")],
  ["mirror import", missing("file")],
  ["mirror serve", "required option '--address <address>' not specified"],
  ["up lab other", "too many arguments for 'up'. Expected 1 argument but got 2"],
  ["report lab run other", "too many arguments for 'report'. Expected 2 arguments but got 3"],
  ["doctor lab", "too many arguments for 'doctor'. Expected 0 arguments but got 1"],
  [
    "test units",
    "command-argument value 'units' is invalid for argument 'suite'. Allowed choices are lint, types, unit",
  ],
  ["bench lab --rate fast", '"fast" is not a frequency; write for example "1 Hz", or auto'],
  ["bench lab --duration 5Hz", '"5Hz" is not a duration'],
  ["bench lab --warmup soon", '"soon" is not a duration'],
  ["bench lab --repetitions 0", "it must be a whole number, at least 1"],
  ["bench lab --repetitions 1.5", "it must be a whole number, at least 1"],
  ["bench lab --repetitions many", "it must be a whole number, at least 1"],
  ["bench lab --load", "option '--load <file>' argument missing"],
  ["mirror pull --jobs 0", "It is a whole number from 1 on."],
  ["mirror build --jobs two", "It is a whole number from 1 on."],
  ["up lab --events --outputs", "option '--events' cannot be used with option '--outputs'"],
  ["preview lab --events --diff", "option '--events' cannot be used with option '--diff'"],
  ["setup --events --json", "option '--events' cannot be used with option '--json'"],
  ["bench lab --events --json", "option '--events' cannot be used with option '--json'"],
  ["mirror pull --events --json", "option '--events' cannot be used with option '--json'"],
])("strata %s: %s", async (line, message) => {
  const { status, out, err } = await strata(...line.split(" "));
  expect(err).toContain(message);
  expect([status, out]).toEqual([2, ""]);
});

test.each(commandNames)("%s refuses an option that it does not have, and its help costs no error", async (name) => {
  const { status, err } = await strata(name, "--frobnicate");
  expect([status, err]).toEqual([2, expect.stringContaining("unknown option '--frobnicate'")]);
  const help = await strata(name, "--help");
  expect([help.status, help.err]).toEqual([0, ""]);
  expect(help.out).toMatch(new RegExp(`^Usage: strata ${name} `));
});

test.each([
  ["bench lab --load nosuch.yaml", "strata: cannot read nosuch.yaml: ENOENT"],
  ["report ../lab", 'strata: "../lab" is no name of a stack; use up to 100 letters'],
  ["report lab", "strata: stack lab has no results yet; run ./strata bench lab"],
  ["ssh lab edge-0", "strata: this checkout has started no machine of testbed lab; build it: strata up lab"],
  ["mirror pull helm", "strata: the mirror has no artifact helm; it has kubernetes, "],
  ["mirror add pause 9 x.tar", "strata: the mirror has no pause 9; it has pause 3.10.1, 3.10"],
])("strata %s fails with the reason and nothing on standard output", async (line, message) => {
  const { status, out, err } = await strata(...line.split(" "));
  expect(err).toContain(message);
  expect([status, out]).toEqual([1, ""]);
});

test("report --list: a stack's finished runs; those that were killed are told on standard error", async () => {
  for (const run of ["20260101T000000", "20260102T000000"]) {
    mkdirSync(join(state, "state/results/lab", run), { recursive: true });
  }
  writeFileSync(join(state, "state/results/lab/20260101T000000/report.json"), "{}");
  const { status, out, err } = await strata("report", "lab", "--list");
  expect([status, out]).toEqual([0, "20260101T000000\n"]);
  expect(err).toContain("strata: 20260102T000000: no report, as the benchmark was killed or still runs");
});

test("mirror list and verify print one JSON value for programs, whatever is in the store", async () => {
  const { directory } = await storeFake(item("pause", "3.10.1"));
  const list = JSON.parse((await strata("mirror", "list", "--json")).out) as Record<string, unknown>[];
  expect(list.find(({ name, version }) => name === "pause" && version === "3.10.1")).toMatchObject({
    ...{ kind: "image", image: "registry.k8s.io/pause:3.10.1", state: "ready", source: "built", from: "a test" },
  });
  expect(list.find(({ name }) => name === "coredns")).toMatchObject({ state: "missing", source: "", bytes: 0 });
  expect(JSON.parse((await strata("mirror", "verify", "--json")).out)).toHaveLength(1);
  writeFileSync(join(directory, "image.tar"), "spoilt");
  const damaged = await strata("mirror", "verify", "--json");
  expect(JSON.parse(damaged.out)).toMatchObject([{ name: "pause", state: "corrupt" }]);
  expect(damaged.status).toBe(1);
  expect(damaged.err).toContain("Get them anew: strata mirror pull pause@3.10.1");
});

test("a thing that can't be looked at is missing, with the reason; the others are looked at all the same", async () => {
  const step = (name: string, check: Step["check"]): Step => ({
    ...{ name, title: `the ${name}`, needs: [], check },
    do: () => Promise.reject(new Error("doctor changes nothing")),
  });
  const found = await diagnose([
    step("broken", () => Promise.reject(new Error("EACCES: permission denied, open '/x'"))),
    step("there", () => Promise.resolve({ state: "ready", detail: "1.0" })),
  ]);
  expect(found.find(({ name }) => name === "broken")).toEqual({
    name: "broken",
    title: "the broken",
    finding: {
      state: "missing",
      detail: "could not be checked: EACCES: permission denied, open '/x'",
      fix: "Mend what the message names, then run ./strata doctor again.",
    },
  });
  expect(found.find(({ name }) => name === "there")?.finding).toEqual({ state: "ready", detail: "1.0" });
  // Each thing once: names are what programs go by.
  expect(new Set(found.map(({ name }) => name)).size).toBe(found.length);
});
