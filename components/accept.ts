import * as pulumi from "@pulumi/pulumi";
import type { Loaded } from "./experiment/load.ts";
import { formatProblem, type Problem } from "./experiment/problem.ts";
import type { TestbedSpec } from "./experiment/testbed.ts";

/**
 * The spec, its warnings shown.
 *
 * @throws pulumi.RunError with every problem, which Pulumi shows without a stack trace.
 */
export function accept(loaded: Loaded): TestbedSpec {
  refuse(loaded.ok ? loaded.warnings : loaded.problems);
  if (!loaded.ok) throw new pulumi.RunError("the testbed can't be built");
  return loaded.spec;
}

/**
 * Shows warnings, and ends the program where there is an error, before anything is registered.
 *
 * @param file the experiment file, named in what is shown.
 * @throws pulumi.RunError with every error.
 */
export function refuse(problems: readonly Problem[], file?: string): void {
  const text = (severity: Problem["severity"]) =>
    problems
      .filter((problem) => problem.severity === severity)
      .map((problem) => formatProblem(problem, file))
      .join("\n");
  const warnings = text("warning");
  if (warnings !== "") void pulumi.log.warn(warnings);
  const errors = text("error");
  if (errors !== "") throw new pulumi.RunError(errors);
}
