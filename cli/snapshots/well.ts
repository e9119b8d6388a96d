import { setTimeout as sleep } from "node:timers/promises";
import { kindNames, kindOf } from "../../components/kinds/index.ts";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import { sshTransport } from "../../benchmarks/transport/ssh.ts";
import type { Machine, Transport } from "../../benchmarks/transport/transport.ts";
import { stackDirectory } from "../../local/stateDirectory.ts";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { UserError } from "../terminal/userError.ts";

/** Of a machine that is back with its memory; an emulated one on a busy host takes a while to translate all that runs anew. */
const limitMs = 10 * 60_000;
const oneLimitMs = 60_000;
const intervalMs = 500;

/**
 * Waits until all machines of a testbed answer, and its software on them says that it is well.
 *
 * @throws UserError naming what is not, and what it said.
 */
export async function waitUntilWell(testbed: TestbedOutputs, signal: AbortSignal): Promise<void> {
  const transport = sshTransport(testbed, stackDirectory(testbed.name));
  const commands = testbed.machines.map((machine): [Machine, string] => [machine, healthOn(testbed, machine.name)]);
  await Promise.all(commands.map(([machine, command]) => waitFor(transport, machine, command, signal)));
}

/** What is run on a machine, as root; it succeeds where all that the machine has is well. */
function healthOn({ software }: TestbedOutputs, machine: string): string {
  const own = software.filter(({ machines }) => machines.includes(machine));
  const commands = kindNames
    .filter((name) => own.some(({ kind }) => kind === name))
    .flatMap((name) => {
      const { health, title } = kindOf(name);
      return health === undefined ? [] : [`(${health}) || { echo '${title} does not answer' >&2; exit 1; }`];
    });
  return ["true", ...commands].join("\n");
}

async function waitFor(transport: Transport, machine: Machine, command: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    try {
      await transport.run(machine, command, { what: "ask how it is", limitMs: oneLimitMs, signal });
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (performance.now() > deadline) {
        throw new UserError(`${messageOf(error)} (for ${limitMs / 60_000} minutes since it was brought back)`);
      }
      await sleep(intervalMs);
    }
  }
}
