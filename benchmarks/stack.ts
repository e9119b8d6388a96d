import { execa } from "execa";
import { join } from "node:path";
import { readTestbed } from "../components/standing/read.ts";
import type { TestbedOutputs } from "../components/contract/testbed.ts";
import { pulumiEnvironment } from "../setup/pulumi/environment.ts";

const projectDirectory = join(import.meta.dirname, "..");

/** Reading outputs takes a second; a backend far away some more. */
const limitMs = 60_000;

/**
 * A stack's testbed, from its outputs. The only place where benchmarks touch Pulumi.
 * @throws Error when the engine can't be run or has no such stack, ContractError when the stack has no usable testbed.
 */
export async function testbedOfStack(stack: string, signal?: AbortSignal): Promise<TestbedOutputs> {
  const args = ["stack", "output", "--json", "--stack", stack, "--non-interactive"];
  const result = await execa("pulumi", args, {
    cwd: projectDirectory,
    env: pulumiEnvironment(),
    stdin: "ignore",
    reject: false,
    timeout: limitMs,
    cancelSignal: signal,
  });
  signal?.throwIfAborted();
  if (result.timedOut) throw new Error(`pulumi stack output did not end within ${limitMs / 1000} s`);
  if (result.exitCode !== 0) {
    const words = (result.stderr || result.shortMessage || "failed").trim();
    throw new Error(`cannot read the outputs of stack ${stack}: ${words}`);
  }
  const outputs = JSON.parse(result.stdout) as { testbed?: unknown };
  return readTestbed(outputs.testbed, stack);
}
