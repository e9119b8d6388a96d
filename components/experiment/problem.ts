/** Where in a spec: ["links", "edge-endpoint", "rate"]. */
export type Path = readonly (string | number)[];

/** One thing that is wrong (error) or doubtful (warning) in a spec, with the way out. */
export interface Problem {
  severity: "error" | "warning";
  /** "links.edge-endpoint.rate"; empty: the whole. */
  path: string;
  /** Line of the YAML file, counted from 1. */
  line?: number;
  /** Where the value was written: "config strata:testbed"; absent: in the file. */
  source?: string;
  reason: string;
  fix: string;
}

/** ["software", 0, "on"] as "software[0].on". */
export function formatPath(path: Path): string {
  return path.map((part, i) => (typeof part === "number" ? `[${part}]` : i === 0 ? part : `.${part}`)).join("");
}

/** One line: `stacks/lab.yaml:7: links.edge-endpoint.rate: 29.66 is not a rate; write "29.66 Mbit"`. */
export function formatProblem(problem: Problem, file?: string): string {
  const { severity, path, line, source, reason, fix } = problem;
  const written = source ?? file;
  const place = written !== undefined && line !== undefined ? `${written}:${line}` : written;
  return [place, severity === "warning" ? severity : undefined, path === "" ? undefined : path, `${reason}; ${fix}`]
    .filter((part) => part !== undefined)
    .join(": ");
}

/** A spec that can't be used, with everything that is wrong with it, a line each. */
export class SpecError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], file?: string) {
    super(problems.map((problem) => formatProblem(problem, file)).join("\n"));
    this.name = "SpecError";
    this.problems = problems;
  }
}
