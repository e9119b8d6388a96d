import { contractVersion, testbedSchema, type TestbedOutputs } from "../contract/testbed.ts";
import { benchmarkSchema } from "../experiment/whole/benchmark.ts";

const [contractName = "", ownMajor = ""] = contractVersion.split("@");

const outputsSchema = testbedSchema(benchmarkSchema);

/** The stack's outputs can't be used; the message says why and what to do. */
export class ContractError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ContractError";
  }
}

/**
 * Reads a stack's output `testbed`.
 *
 * @param output its value, as the engine returns it.
 * @param stack named in errors.
 * @throws ContractError when there is no testbed, or one of another major version.
 */
export function readTestbed(output: unknown, stack: string): TestbedOutputs {
  if (typeof output !== "object" || output === null) {
    throw new ContractError(`stack ${stack} has no output "testbed"; build it first: strata up ${stack}`);
  }
  const version = (output as { contract?: unknown }).contract;
  const [name, major = ""] = typeof version === "string" ? version.split("@") : [];
  if (name !== contractName || !/^\d+$/.test(major)) {
    throw new ContractError(
      `stack ${stack}: output "testbed" was not made by Strata (it has no contract "${contractVersion}"); export Testbed.outputs as it is`,
    );
  }
  if (Number(major) !== Number(ownMajor)) {
    throw new ContractError(
      Number(major) < Number(ownMajor)
        ? `stack ${stack} was built by an older Strata (outputs ${String(version)}, this one reads ${contractVersion}); build it again: strata up ${stack}`
        : `stack ${stack} was built by a newer Strata (outputs ${String(version)}, this one reads ${contractVersion}); update this checkout: git pull`,
    );
  }
  const parsed = outputsSchema.safeParse(output);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw new ContractError(
    `stack ${stack}: output "testbed" is damaged (${details}); build it again: strata up ${stack}`,
  );
}
