import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Operation, Resource } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import type { Finished } from "./process.ts";
import { sayStandIn, shows, type Logging } from "./progress.ts";

/** What the local and the remote Command have in common. */
export const commandInputs = {
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  stdin: z.string().optional(),
  triggers: z.array(z.unknown()).optional(),
  logging: z.enum(["none", "stdout", "stderr", "stdoutAndStderr"]).optional(),
  addPreviousOutputInEnv: z.boolean().optional(),
};

export type CommandInputs = z.infer<z.ZodObject<typeof commandInputs>>;

export interface CommandOutputs {
  stdout: string;
  stderr: string;
}

/** Runs one of the commands with this environment, to its end whatever the status. */
export type Runner<Inputs> = (
  operation: Operation<null>,
  inputs: Inputs,
  command: string,
  environment: Record<string, string>,
) => Promise<Finished>;

/** The life cycle of a Command: which command runs when, and what it is told of the run before. */
export function commandResource<Inputs extends CommandInputs>(
  token: string,
  inputs: z.ZodType<Inputs>,
  runner: Runner<Inputs>,
): Resource<Inputs, CommandOutputs, null> {
  const execute = async (
    operation: Operation<null>,
    wanted: Inputs,
    command: string | undefined,
    previous?: CommandOutputs,
  ): Promise<CommandOutputs> => {
    if (command === undefined) return previous ?? { stdout: "", stderr: "" };
    sayStandIn(operation);
    const told = wanted.addPreviousOutputInEnv === false ? undefined : previous;
    const result = await runner(operation, wanted, command, { ...wanted.environment, ...previousEnvironment(told) });
    if (result.status !== 0) throw new ProviderError(failureText(result, wanted.logging));
    return { stdout: withoutFinalNewline(result.stdout), stderr: withoutFinalNewline(result.stderr) };
  };
  return {
    token,
    inputs,
    replaceOn: ["triggers"],
    // As the official plugin: the new run comes first, then the old resource's delete command.
    deleteBeforeReplace: false,
    volatileOutputs: ["stdout", "stderr"],
    outputsSecretWithInputs: true,
    create: async (operation, wanted) => ({
      id: `${operation.name}${randomBytes(4).toString("hex")}`,
      outputs: await execute(operation, wanted, wanted.create),
    }),
    read: (_operation, _id, state) => {
      const known = inputs.safeParse(state.inputs);
      const outputs = state.outputs as CommandOutputs;
      return Promise.resolve(known.success ? { inputs: known.data, outputs } : undefined);
    },
    update: async (operation, _id, wanted, old) => ({
      outputs: await execute(operation, wanted, wanted.update ?? wanted.create, old.outputs),
    }),
    delete: async (operation, _id, old) => {
      await execute(operation, old.inputs, old.inputs.delete, old.outputs);
    },
  };
}

function previousEnvironment(previous: CommandOutputs | undefined): Record<string, string> {
  if (previous === undefined) return {};
  return { PULUMI_COMMAND_STDOUT: previous.stdout, PULUMI_COMMAND_STDERR: previous.stderr };
}

/** The official plugin's outputs have no newline at their end. */
function withoutFinalNewline(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

/** The command itself is not repeated: it may hold secrets. Nor is output that the user doesn't want logged. */
function failureText(result: Finished, logging: Logging | undefined): string {
  const how = result.status === null ? "was ended by a signal" : `ended with status ${result.status}`;
  const shown = (["stdout", "stderr"] as const).filter((stream) => shows(logging, stream));
  if (shown.length === 0) return `the command ${how}; its output is not shown because \`logging\` is "none"`;
  const said = shown.map((stream) => result[stream].trim()).filter((text) => text !== "");
  const lines = said.join("\n").split("\n");
  return said.length === 0
    ? `the command ${how} and printed nothing`
    : `the command ${how}:\n${lines.slice(-failureLines).join("\n")}`;
}

/** Enough for a failed Ansible task with its context. */
const failureLines = 40;
