import type { Command } from "commander";
import { diagnose, type Diagnosis } from "../setup/facts/diagnose.ts";
import { extraSteps } from "./steps/index.ts";

export function register(program: Command): void {
  program
    .command("doctor")
    .description("look at this machine: what is there, what lacks, and how to mend it; changes nothing")
    .option("--json", "print machine-readable output")
    .addHelpText("after", "\nThe exit status is 1 when something is missing that Strata can't do without.\n")
    .action(async (options: { json?: boolean }) => {
      const diagnoses = await diagnose(extraSteps);
      process.stdout.write(options.json ? `${JSON.stringify(diagnoses, null, 2)}\n` : diagnosisText(diagnoses));
      if (diagnoses.some(({ finding }) => finding.state === "missing")) process.exitCode = 1;
    });
}

const marks = { ready: "ok     ", limited: "limited", missing: "MISSING" };

export function diagnosisText(diagnoses: readonly Diagnosis[]): string {
  const lines = diagnoses.map(({ title, finding }) => {
    const fix = finding.state === "ready" ? "" : `          ${finding.fix}\n`;
    return `${marks[finding.state]}   ${title}: ${finding.detail}\n${fix}`;
  });
  const missing = diagnoses.filter(({ finding }) => finding.state === "missing").length;
  const verdict =
    missing === 0 ? "This machine is ready." : `${missing} ${missing === 1 ? "thing is" : "things are"} missing.`;
  return `${lines.join("")}\n${verdict}\n`;
}
