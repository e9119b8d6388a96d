import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { tunnelCommand, tunnelEnvironment, tunnelProcesses, type Tunnel } from "../access/tunnelProcess.ts";
import { startDetached } from "../process/detached.ts";
import { endProcesses } from "../process/processes.ts";
import { Patience } from "../../kit/patience.ts";
import { run, SshError } from "../access/ssh.ts";
import { mirrorSocket } from "./socket.ts";
import { tunnelInputs, type TunnelInputs } from "./tunnelInputs.ts";

const outputs = z.strictObject({
  url: z.string().describe('Where the machine finds the mirror: "http://127.0.0.1:5000".'),
});

type Outputs = z.infer<typeof outputs>;

const defaultPort = 5000;
const startLimitMs = 10_000;
/** The way to an emulated machine takes seconds; ssh tries again until it is there. */
const openLimitSeconds = 120;
const askLimitMs = 15_000;

export const tunnel = resource<TunnelInputs, Outputs, null>({
  token: "strata:mirror:Tunnel",
  description:
    "The stack's artifact mirror on a machine's own loop-back interface, through ssh: for machines of " +
    "other hosts, which don't reach this one. Exists once the mirror answers there.",
  inputs: tunnelInputs,
  formerNames: { domainId: "machineId" },
  outputs,
  replaceOn: ["stack"],
  volatileOutputs: ["url"],
  drift: (_operation, { inputs }) => (processesOf(inputs).length > 0 ? [] : ["url"]),
  create: async (operation, wanted) => ({
    id: `${wanted.stack}/${wanted.machine}`,
    outputs: await open(operation, wanted),
  }),
  // A dead process is a difference that `up` mends (see drift), not a resource that is gone.
  read: (_operation, _id, { inputs: known, outputs }) => {
    const state = tunnelInputs.safeParse(known);
    return Promise.resolve(state.success ? { inputs: state.data, outputs: outputs as Outputs } : undefined);
  },
  update: async (operation, _id, wanted, { inputs: old }) => {
    await close(old);
    return { outputs: await open(operation, wanted) };
  },
  delete: (_operation, _id, { inputs }) => close(inputs),
});

/** One that a killed run left may lead elsewhere, so it is never taken over. */
async function open(operation: Operation<null>, inputs: TunnelInputs): Promise<Outputs> {
  await close(inputs);
  const { stack, machine, address } = inputs;
  const way = wayOf(inputs);
  const [command = "", ...args] = tunnelCommand(way);
  // Whether it leads anywhere only the machine can tell.
  const started = { at: way.forward, ready: () => true, environment: tunnelEnvironment() };
  await startDetached({ command, args, ...started }, startLimitMs, operation.signal);
  const patience = new Patience(operation, openLimitSeconds);
  const fix =
    `See that the machine's sshd allows forwarding (AllowTcpForwarding) and that nothing else listens there at port ` +
    `${portOf(inputs)}: \`strata ssh ${stack} ${machine} ss -ltnp\`. \`pulumi up\` again tries again`;
  try {
    await patience.until(`the artifact mirror on ${machine}`, fix, 500, async () => {
      try {
        const timeoutMs = Math.min(askLimitMs, patience.leftMs);
        const said = await run({ stack, machine, address }, askScript(portOf(inputs)), {
          timeoutMs,
          signal: operation.signal,
        });
        return said.includes(" 200 ") ? { done: undefined } : { pending: `it answers "${said.trim()}"` };
      } catch (error) {
        if (error instanceof SshError && !operation.signal.aborted) return { pending: error.message };
        throw error;
      }
    });
  } catch (error) {
    await close(inputs);
    throw error;
  }
  return { url: `http://127.0.0.1:${portOf(inputs)}` };
}

/** The shell of the image has what it takes; nothing else is known to be there. */
function askScript(port: number): string {
  return `timeout 10 bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port} && printf "GET /v2/ HTTP/1.0\\r\\n\\r\\n" >&3 && head -n 1 <&3'\n`;
}

async function close(inputs: TunnelInputs): Promise<void> {
  await endProcesses(processesOf(inputs), 3000);
}

function processesOf(inputs: TunnelInputs): number[] {
  const way = wayOf(inputs);
  return tunnelProcesses(way, way.forward);
}

function wayOf(inputs: TunnelInputs): Tunnel {
  const { stack, address } = inputs;
  return { stack, address, direction: "-R", forward: `127.0.0.1:${portOf(inputs)}:${mirrorSocket(stack)}` };
}

function portOf({ port = defaultPort }: TunnelInputs): number {
  return port;
}
