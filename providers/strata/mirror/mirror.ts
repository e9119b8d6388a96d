import { mkdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { embeddedHost } from "../../../local/embeddedHost.ts";
import { resource } from "../../kit/crud.ts";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { stackDirectory } from "../../../local/stateDirectory.ts";
import { listens, listensAt, processesWith, startDetached } from "../process/detached.ts";
import { inNamespace, namespacePath } from "../process/namespace.ts";
import { endProcesses } from "../process/processes.ts";
import { lastLines } from "../access/ssh.ts";
import { mirrorInputs, type MirrorInputs } from "./mirrorInputs.ts";
import { mirrorProgram, programHash } from "./program.ts";
import { mirrorSocket, prepareSocket, removeSocket } from "./socket.ts";

const outputs = z.strictObject({
  url: z
    .string()
    .describe('Where machines find it: "http://10.83.255.254:5000"; or the socket, "unix:/run/user/1000/...".'),
  program: z.string().describe("Hash of the program that serves."),
});

type Outputs = z.infer<typeof outputs>;

const defaultPort = 5000;
/** Node.js strips the types of a dozen files first; an emulating host is often busy. */
const startLimitMs = 30_000;

export const mirror = resource<MirrorInputs, Outputs, null>({
  token: "strata:mirror:Mirror",
  description:
    "The artifact mirror: container images and files, served to a stack's machines for as long as the stack exists.",
  inputs: mirrorInputs,
  outputs,
  replaceOn: ["stack"],
  volatileOutputs: ["url", "program"],
  drift: (_operation, { inputs, outputs }) => {
    const serves = processesOf(inputs).some(placeOf(inputs).ready);
    return [...(serves ? [] : ["url"]), ...(programHash() === outputs.program ? [] : ["program"])];
  },
  create: async ({ signal }, inputs) => ({ id: idOf(inputs), outputs: await restart(inputs, signal) }),
  // A dead process is a difference that `up` mends (see drift), not a resource that is gone.
  read: (_operation, _id, { inputs: known, outputs }) => {
    const state = mirrorInputs.safeParse(known);
    return Promise.resolve(state.success ? { inputs: state.data, outputs: outputs as Outputs } : undefined);
  },
  update: async ({ signal }, _id, inputs, { inputs: old }) => {
    await stop(old);
    return { outputs: await restart(inputs, signal) };
  },
  delete: async (operation, _id, { inputs }) => {
    await stop(inputs);
    await removeLogs(inputs);
    // Where the stack's keys have gone first, nothing is left in its directory.
    await rmdir(stackDirectory(inputs.stack)).catch(() => undefined);
    if (inputs.address !== undefined) return;
    // What is not ours stays, and keeps nothing of ours from going.
    await removeSocket(mirrorSocket(inputs.stack)).catch((error: unknown) => {
      operation.log("warning", messageOf(error));
    });
  },
});

/** Where a mirror listens. */
interface Place {
  url: string;
  /** For messages. */
  at: string;
  /** Arguments of the program. */
  args: string[];
  ready: (pid: number) => boolean;
}

function placeOf({ stack, address, port = defaultPort }: MirrorInputs): Place {
  if (address === undefined) {
    const socket = mirrorSocket(stack);
    return { url: `unix:${socket}`, at: socket, args: ["--socket", socket], ready: () => listensAt(socket) };
  }
  const at = `${address}:${port}`;
  const args = ["--address", address, "--port", String(port)];
  return { url: `http://${at}`, at, args, ready: (pid) => listens(pid, address, port) };
}

/** One that a killed run left may be of another version of the program, so it is never taken over. */
async function restart(inputs: MirrorInputs, signal: AbortSignal): Promise<Outputs> {
  await stop(inputs);
  const { namespace } = inputs;
  const { at, url, ready } = placeOf(inputs);
  const log = logFile(inputs);
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  await removeLogs(inputs);
  if (inputs.address === undefined) await prepareSocket(at);
  const program = programHash();
  const words = [process.execPath, "--disable-warning=ExperimentalWarning", ...argumentsOf(inputs), "--log", log];
  const [command = "", ...args] =
    namespace === undefined ? words : ["nsenter", `--net=${namespacePath(namespace)}`, ...words];
  try {
    await startDetached({ command, args, at, ready, log, environment: environment() }, startLimitMs, signal);
  } catch (error) {
    signal.throwIfAborted();
    const said = lastLines(await readFile(log, "utf8").catch(() => ""), 5);
    throw new ProviderError(
      `the artifact mirror of stack ${inputs.stack} does not serve at ${at}: ${messageOf(error)}` +
        `${said === "" ? "" : `; it said: ${said}`} (its log: ${log}). \`pulumi up\` again tries again`,
    );
  }
  return { url, program };
}

async function stop(inputs: MirrorInputs): Promise<void> {
  await endProcesses(processesOf(inputs), 5000);
}

/** Stacks of one name have one address, in whatever state directory; their namespaces differ. */
function processesOf(inputs: MirrorInputs): number[] {
  return processesWith(...argumentsOf(inputs)).filter((pid) => inNamespace(pid, inputs.namespace));
}

function argumentsOf(inputs: MirrorInputs): string[] {
  return [mirrorProgram, ...placeOf(inputs).args];
}

/** What the program may want to know of where things are; no more. */
function environment(): Record<string, string | undefined> {
  const names = Object.keys(process.env).filter((name) => /^(HOME|TMPDIR|XDG_CACHE_HOME|STRATA_\w+)$/.test(name));
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

function logFile({ stack, namespace }: MirrorInputs): string {
  const directory = namespace === undefined ? stackDirectory(stack) : embeddedHost().runDirectory;
  return join(directory, `mirror-${stack}.log`);
}

/** A full log has become LOG.1 (artifacts/serve/log.ts). */
async function removeLogs(inputs: MirrorInputs): Promise<void> {
  for (const log of [logFile(inputs), `${logFile(inputs)}.1`]) await rm(log, { force: true });
}

function idOf(inputs: MirrorInputs): string {
  return `${inputs.stack}/${placeOf(inputs).at}`;
}
