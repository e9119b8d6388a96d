import { LineCounter, parseDocument } from "yaml";
import { explain, valueAt, type Finding } from "./issues.ts";
import { lineOf } from "../locate.ts";
import { mergeOver } from "../merge.ts";
import { formatPath, SpecError, type Path, type Problem } from "../problem.ts";
import { workloadOf, type BenchmarkSpec } from "./benchmark.ts";
import { faultRules } from "../faultRules.ts";
import { linkRules } from "../linkRules.ts";
import { infrastructureRules } from "./provider.ts";
import type { Rule } from "../rule.ts";
import { rules, softwareRules } from "./rules.ts";
import { withTraceText, type ReadTrace } from "../traceFiles.ts";
import { sections, type Section } from "../draft.ts";
import { testbedArgsSchema, type TestbedArgs, type TestbedDraft, type TestbedSpec } from "./testbed.ts";

/**
 * A spec with what is doubtful in it, or all that is wrong (and doubtful), in the order of the file. `args` is the same
 * experiment as `new Testbed(name, args)` takes it: the file with the overrides laid over it.
 */
export type Loaded =
  { ok: true; spec: TestbedSpec; args: TestbedArgs; warnings: Problem[] } | { ok: false; problems: Problem[] };

/** Tells where a path was written. */
type Locate = (path: Path) => Pick<Problem, "line" | "source">;

/**
 * Reads an experiment file.
 *
 * @param text YAML.
 * @param override laid over it: the stack's config object `strata:testbed`.
 * @param readTrace gives the text of a trace that a link names. Absent: there are none.
 */
export function loadTestbed(text: string, override?: unknown, readTrace: ReadTrace = () => undefined): Loaded {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const inFile = (path: Path, offset?: number) => ({
    line: offset === undefined ? lineOf(document, lines, path) : lines.linePos(offset).line,
  });
  const locate: Locate = (path) =>
    valueAt(override, path) === undefined ? inFile(path) : { source: "config strata:testbed" };

  const syntax = document.errors.map((error) => syntaxProblem(error, inFile([], error.pos[0])));
  if (document.errors.some(({ code }) => code !== "DUPLICATE_KEY")) return { ok: false, problems: syntax };
  let raw: unknown;
  try {
    raw = document.toJS() as unknown;
  } catch (error) {
    return { ok: false, problems: [...syntax, syntaxProblem(error as Error, inFile([]))] };
  }
  if (raw === null && override === undefined) {
    const fix = 'start with "tiers: { cloud: { count: 1 } }"';
    return { ok: false, problems: [{ severity: "error", path: "", ...inFile([]), reason: "the file is empty", fix }] };
  }
  const result = check(withTraceText(mergeOver(raw ?? {}, override), readTrace), locate);
  if (syntax.length === 0) return result;
  return { ok: false, problems: inOrder([...syntax, ...(result.ok ? result.warnings : result.problems)]) };
}

function syntaxProblem(error: Error & { code?: string }, place: ReturnType<Locate>): Problem {
  const [reason, fix] =
    error.code === "DUPLICATE_KEY"
      ? ["a key is written twice in one group", "keep one of them"]
      : [`this is not YAML: ${firstLine(error.message)}`, "correct the syntax"];
  return { severity: "error", path: "", ...place, reason, fix };
}

/**
 * Reads a benchmark for a testbed that stands: a file whose whole is the section `benchmark` of an experiment, or an
 * experiment, of which nothing else counts.
 *
 * @param text YAML. @param testbed what it is to run on.
 */
export function loadBenchmark(text: string, testbed: Omit<TestbedArgs, "benchmark">): Loaded {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const inFile = (path: Path, offset?: number) => ({
    line: offset === undefined ? lineOf(document, lines, path) : lines.linePos(offset).line,
  });
  const [broken] = document.errors;
  if (broken !== undefined) return { ok: false, problems: [syntaxProblem(broken, inFile([], broken.pos[0]))] };
  const raw = document.toJS() as unknown;
  const isSection = valueAt(raw, ["benchmark"]) === undefined;
  const locate: Locate = (path) => {
    if (path[0] !== "benchmark") return { source: "the testbed" };
    return inFile(isSection ? path.slice(1) : path);
  };
  // The testbed stands: rules about it alone have been held.
  const rulesOf = ({ benchmark }: Partial<TestbedDraft>): Rule[] => [
    ...rules.filter(({ path }) => path[0] === "benchmark"),
    ...benchmarkRules(benchmark),
  ];
  return check({ ...testbed, benchmark: isSection ? (raw ?? {}) : valueAt(raw, ["benchmark"]) }, locate, rulesOf);
}

/** Reads the typed form, as `new Testbed(name, args)` takes it; traces with their text (see traceFiles.ts). */
export function readTestbedArgs(args: TestbedArgs): Loaded {
  return check(args, () => ({}));
}

/**
 * The spec of an experiment that is right.
 *
 * @param file named in the error.
 * @throws SpecError with everything that is wrong.
 */
export function specOrThrow(loaded: Loaded, file?: string): TestbedSpec {
  if (!loaded.ok) throw new SpecError(loaded.problems, file);
  return loaded.spec;
}

function check(raw: unknown, locate: Locate, rulesOf = allRules): Loaded {
  const parsed = testbedArgsSchema.safeParse(raw);
  const findings = parsed.success ? [] : parsed.error.issues.flatMap((issue) => explain(issue, raw));
  const draft = parsed.success ? parsed.data : wellFormed(raw);
  const problems = inOrder([
    ...findings.map((finding) => problem(finding, "error", locate)),
    ...rulesOf(draft)
      .filter((rule) => rule.needs.every((section) => parsed.success || Object.hasOwn(draft, section)))
      .filter((rule) => rule.when(draft as TestbedDraft))
      .map((rule) => {
        const spec = draft as TestbedDraft;
        const fix = typeof rule.fix === "string" ? rule.fix : rule.fix(spec);
        return problem({ path: rule.path, reason: rule.reason(spec), fix }, rule.severity ?? "error", locate);
      }),
  ]);
  if (!parsed.success || problems.some(({ severity }) => severity === "error")) return { ok: false, problems };
  return { ok: true, spec: complete(parsed.data), args: raw as TestbedArgs, warnings: problems };
}

/** All rules between fields; those of parts whose number is not known beforehand for the parts that there are. */
function allRules({ provider, links = {}, software = [], benchmark }: Partial<TestbedDraft>): Rule[] {
  const infrastructure = provider === undefined ? [] : infrastructureRules(provider);
  return [...rules, ...infrastructure, ...linkRules(links), ...softwareRules(software), ...benchmarkRules(benchmark)];
}

/** The sections that can be read on their own, so that the rules between them are checked even when another is wrong. */
function wellFormed(raw: unknown): Partial<TestbedDraft> {
  const read = sections.flatMap((section): [Section, unknown][] => {
    const parsed = testbedArgsSchema.shape[section].safeParse(valueAt(raw, [section]));
    return parsed.success ? [[section, parsed.data]] : [];
  });
  return Object.fromEntries(read);
}

function benchmarkRules(benchmark: TestbedDraft["benchmark"]): Rule[] {
  if (benchmark === undefined) return [];
  return [...workloadOf(benchmark).rules(benchmark), ...faultRules(benchmark.faults ?? [])];
}

/** What the file leaves open of the benchmark follows from the rest. */
function complete(draft: TestbedDraft): TestbedSpec {
  const { benchmark, ...rest } = draft;
  if (benchmark === undefined) return rest;
  const whole = workloadOf(benchmark).complete(benchmark, rest);
  // As the workload's own schema has it.
  return whole === undefined ? rest : { ...rest, benchmark: whole as BenchmarkSpec };
}

function problem({ path, reason, fix, at }: Finding, severity: Problem["severity"], locate: Locate): Problem {
  return { severity, path: formatPath(path), ...(at ?? locate(path)), reason, fix };
}

/** By line; what stands in other files after what stands in the experiment's. */
const inOrder = (problems: Problem[]): Problem[] => {
  const file = ({ source, line }: Problem): string => (line === undefined ? "" : (source ?? ""));
  return problems.sort((a, b) => file(a).localeCompare(file(b)) || (a.line ?? 0) - (b.line ?? 0));
};

const firstLine = (message: string): string =>
  (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "");
