import type { Sandbox } from "./strata.ts";

/** What Pulumi runs the software of each machine of a stack with. */
export async function softwareEnvironments(sandbox: Sandbox, stack: string): Promise<Record<string, string>[]> {
  const { stdout } = await sandbox.succeed("pulumi", "stack", "export", "--stack", stack);
  const { deployment } = JSON.parse(stdout) as {
    deployment: { resources: { type: string; inputs: { environment: Record<string, string> } }[] };
  };
  const commands = deployment.resources.filter(({ type }) => type === "command:local:Command");
  return commands.map(({ inputs }) => inputs.environment);
}
