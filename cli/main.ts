// The command line `strata`. Each command is a file of its own that exports register(program); a file is loaded only
// when its command is asked for, so that light commands stay fast.
import { Command, CommanderError } from "commander";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quietly } from "./terminal/closedOutput.ts";
import { commandNames, commands } from "./commands.ts";
import { reportError } from "./terminal/reportError.ts";

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
  version: string;
};

const program = new Command("strata")
  .description("Cloud-edge-endpoint testbeds as code: real machines, measured networks, honest statistics.")
  .version(version)
  .helpOption("-h, --help", "show help")
  .helpCommand("help [command]", "show help for a command")
  .enablePositionalOptions()
  .showSuggestionAfterError()
  .showHelpAfterError("(--help shows what there is)")
  .configureHelp({ showGlobalOptions: false })
  .exitOverride()
  .addHelpText(
    "after",
    `
Start here:
  strata quickstart                 set up, build the smallest testbed, measure on it, report
  strata doctor                     what this machine has and lacks
  strata preview quickstart --diff  what an edit of stacks/quickstart.yaml would change
  strata up quickstart              change it
  strata destroy quickstart         remove every trace

Plain Pulumi works too:
  eval "$(strata env)" && pulumi up --stack quickstart

Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted. STRATA_DEBUG=1 shows stack traces.
`,
  );

quietly();

try {
  const asked = process.argv[2] ?? "";
  for (const name of commandNames.includes(asked) ? [asked] : commandNames) {
    (await commands[name]?.())?.register(program);
  }
  if (process.argv.length === 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  // Commander has printed the help, or what is wrong with the arguments, by itself.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = reportError(error);
}
