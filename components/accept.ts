import * as pulumi from "@pulumi/pulumi";
import type { Loaded } from "./experiment/whole/load.ts";
import type { TestbedSpec } from "./experiment/whole/testbed.ts";
import { stopAtErrors } from "./problems/stopAtErrors.ts";

/**
 * The spec, its warnings shown.
 *
 * @throws pulumi.RunError with every problem, which Pulumi shows without a stack trace.
 */
export function accept(loaded: Loaded): TestbedSpec {
  stopAtErrors(loaded.ok ? loaded.warnings : loaded.problems);
  if (!loaded.ok) throw new pulumi.RunError("the testbed can't be built");
  return loaded.spec;
}
