import type { Command } from "commander";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { mergeKubeconfig, renameKubeconfig } from "./kubeconfig/merge.ts";
import { savePrivately } from "./kubeconfig/save.ts";
import { kubeconfigIn } from "./kubeconfig/state.ts";
import { pulumiOutput, stackNames } from "./pulumi/run.ts";
import { UserError } from "./terminal/userError.ts";

export function register(program: Command): void {
  program
    .command("kubeconfig <stack>")
    .description("print the way into a testbed's Kubernetes cluster, for kubectl; it is a secret")
    .option("-o, --output <file>", "write it to a file that only you can read, instead")
    .option("-m, --merge", "add it to kubectl's own configuration (or to --output), beside what is there")
    .addHelpText(
      "after",
      `
Examples:
  strata kubeconfig bench-cloud --output lab.kubeconfig && kubectl --kubeconfig lab.kubeconfig get nodes
  strata kubeconfig bench-cloud --merge && kubectl --context strata-bench-cloud get nodes
`,
    )
    .action(async (stack: string, options: { output?: string; merge?: boolean }) => {
      const kubeconfig = renameKubeconfig(await readKubeconfig(stack), contextOf(stack));
      if (options.merge) await merge(kubeconfig, resolve(options.output ?? ownFile()), stack);
      else if (options.output === undefined) process.stdout.write(kubeconfig);
      else await savePrivately(resolve(options.output), kubeconfig);
    });
}

/** Name of the cluster, the user and the context of a testbed: unlike any other testbed's. */
const contextOf = (stack: string): string => `strata-${stack}`;

/**
 * From the engine's state, where it is as soon as the cluster's nodes have joined: outputs a stack has only once all of it
 * is up.
 *
 * @throws UserError when the stack has no cluster.
 */
async function readKubeconfig(stack: string): Promise<string> {
  const stacks = await stackNames();
  if (!stacks.includes(stack)) throw new UserError(`there is no testbed ${stack}; build it first: strata up ${stack}`);
  const state = await pulumiOutput(["stack", "export", "--show-secrets", "--stack", stack]);
  const kubeconfig = kubeconfigIn(state);
  if (kubeconfig !== undefined) return kubeconfig;
  throw new UserError(
    `testbed ${stack} has no Kubernetes cluster whose nodes have joined; \`strata up ${stack}\` makes it, where ` +
      `stacks/${stack}.yaml has "software: [ { kind: kubernetes } ]"`,
  );
}

/** The file that kubectl writes to: the first that KUBECONFIG names, else the one in the home directory. */
function ownFile(): string {
  const named = (process.env.KUBECONFIG ?? "").split(delimiter).find((file) => file !== "");
  return named ?? join(homedir(), ".kube", "config");
}

async function merge(kubeconfig: string, file: string, stack: string): Promise<void> {
  await savePrivately(file, mergeKubeconfig(await textOf(file), kubeconfig));
  process.stderr.write(`${file} has context ${contextOf(stack)} now\n`);
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
