import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { allWorkloads } from "../../../benchmarks/workloads/all.ts";
import { runsDirectory } from "../../../components/contract/runs.ts";
import { converseFor, runFor, serveFor } from "../../../benchmarks/transport/process.ts";
import type { Machine, Transport } from "../../../benchmarks/transport/transport.ts";
import type { BrokerConfig } from "../../../benchmarks/workloads/image-classification/container/protocol.ts";
import { patient } from "../patience.ts";

const workloads = resolve(import.meta.dirname, "../../../benchmarks/workloads");

const programs = allWorkloads.flatMap(([name, { containers }]) =>
  Object.entries(containers).map(([role, { program }]) => `${role}) program=${join(workloads, name, program)} ;;`),
);

/** The launcher of ansible/roles/workload with processes in place of containers: same arguments, output and files. */
const launcher = `#!/bin/sh
set -eu
action=$1 run=$2 role=$3
directory=$RUNS/$run
case $role in
${programs.join("\n")}
esac
case $action in
start)
  mkdir -p "$directory"; cat > "$directory/$role.json"; date +%s%3N > "$directory/$role.started"
  ( export STRATA_RUN_DIR="$directory" STRATA_ROLE_CONFIG="$directory/$role.json"
    set +e; "$NODE" "$program" > "$directory/$role.log" 2>&1 & pid=$!
    echo $pid > "$directory/$role.pid"; wait $pid; echo $? > "$directory/$role.exit" ) > /dev/null 2>&1 < /dev/null &
  ;;
status) if [ -f "$directory/$role.exit" ]; then echo "exited $(cat "$directory/$role.exit")"; else echo active; fi ;;
stop)
  [ -f "$directory/$role.pid" ] || exit 0
  kill "$(cat "$directory/$role.pid")" 2>/dev/null || exit 0
  for i in $(seq ${patient(100)}); do [ -f "$directory/$role.exit" ] && exit 0; sleep 0.3; done ;;
logs) cat "$directory/$role.log" ;;
esac
`;

/**
 * Machines that are folders of this host: commands run here, with the machine's run files under `directory`/NAME.
 * `directory` holds model/ and photos/. Clocks, pings and rates are measured through loopback.
 */
export function localTransport(directory: string, broker?: BrokerConfig): Transport {
  const bin = join(directory, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "strata-workload"), launcher);
  chmodSync(join(bin, "strata-workload"), 0o755);
  writeFileSync(join(directory, "workload.json"), JSON.stringify(broker === undefined ? {} : { broker }));
  const commandLine = (machine: Machine, command: string): string[] => {
    const runs = join(directory, machine.name);
    const variables = {
      PATH: `${bin}:${process.env.PATH ?? ""}`,
      RUNS: runs,
      NODE: process.execPath,
      STRATA_CONFIG: join(directory, "workload.json"),
      STRATA_MODEL_DIR: join(directory, "model"),
      STRATA_PHOTOS_DIR: join(directory, "photos"),
      NODE_OPTIONS: "",
    };
    const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    return ["env", ...assignments, "sh", "-c", command.replaceAll(runsDirectory, runs)];
  };
  return {
    run: (machine, command, options) => runFor(machine, commandLine(machine, command), options),
    serve: (machine, command, options) => serveFor(machine, commandLine(machine, `exec ${command}`), options),
    converse: (machine, command, options) => converseFor(machine, commandLine(machine, command), options),
    besideMachines: (command) => [...command],
  };
}
