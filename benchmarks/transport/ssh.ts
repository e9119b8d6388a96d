import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import { converseFor, runFor, serveFor } from "./process.ts";
import type { Machine, Transport } from "./transport.ts";

/**
 * Reaches machines with the ssh configuration that the stack's credentials wrote: keys, known hosts, one connection a
 * machine that is kept open (ControlMaster), and the way into the network namespace of an embedded host are all in it.
 * @throws Error when the file is not there.
 */
export function sshTransport(testbed: TestbedOutputs, stackDirectory: string): Transport {
  const config = join(stackDirectory, "ssh_config");
  if (!existsSync(config)) {
    throw new Error(
      `${config} is missing: this checkout did not build stack ${testbed.name}; run: strata up ${testbed.name}`,
    );
  }
  const { namespace } = testbed.ssh;
  const commandLine = (machine: Machine, command: string): string[] => ["ssh", "-F", config, machine.address, command];
  return {
    run: (machine, command, options) => runFor(machine, commandLine(machine, command), options),
    serve: (machine, command, options) => serveFor(machine, commandLine(machine, command), options),
    converse: (machine, command, options) => converseFor(machine, commandLine(machine, command), options),
    besideMachines: (command) =>
      namespace === undefined ? [...command] : ["nsenter", `--net=/run/netns/${namespace}`, ...command],
  };
}
