import type { Command } from "commander";
import { quoted } from "../providers/kit/plain/shellWord.ts";
import { pulumiEnvironment } from "../setup/pulumi/environment.ts";

export function register(program: Command): void {
  program
    .command("env")
    .description("print the environment in which plain pulumi works on this project")
    .option("--json", "print it as a JSON object")
    .addHelpText("after", '\nExample:\n  eval "$(./strata env)"\n  pulumi preview --stack quickstart\n')
    .action((options: { json?: boolean }) => {
      const environment = pulumiEnvironment();
      process.stdout.write(options.json ? `${JSON.stringify(environment)}\n` : exportLines(environment));
    });
}

/** Lines for a POSIX shell's eval. */
export function exportLines(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join("");
}
