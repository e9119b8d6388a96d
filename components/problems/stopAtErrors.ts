import * as pulumi from "@pulumi/pulumi";
import { formatProblem, type Problem } from "../experiment/problem.ts";

/**
 * Shows warnings, and ends the program where there is an error, before anything is registered.
 *
 * @param file the experiment file, named in what is shown.
 * @throws pulumi.RunError with every error.
 */
export function stopAtErrors(problems: readonly Problem[], file?: string): void {
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
