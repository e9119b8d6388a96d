import { runsDirectory } from "../../components/contract/runs.ts";
import type { Launcher } from "../parts/remotePart.ts";

/**
 * A part in a pod: its supervisor (workloads/container/supervisor.ts) sees the node's folder of
 * runs and does what the files in RUN/POD say, so that nothing has to go through the cluster's API while it is measured.
 */
export function podLauncher(run: string, role: string, pod: string): Launcher {
  const directory = `${runsDirectory}/${run}/${pod}`;
  const file = (name: string): string => `${directory}/${role}.${name}`;
  return {
    directory,
    start: `mkdir -p ${directory} && cat > ${file("json")}.new && mv ${file("json")}.new ${file("json")}`,
    status: `if [ -e ${file("exit")} ]; then echo exited $(cat ${file("exit")}); else echo active; fi`,
    stop: [
      `[ -e ${file("started")} ] || { rm -f ${file("json")}; exit 0; }`,
      `touch ${file("stop")}`,
      `for i in $(seq 40); do [ -e ${file("exit")} ] && exit 0; sleep 0.5; done`,
      `echo "its pod did not end it within 20 s" >&2; exit 1`,
    ].join("\n"),
    // Other pods of the node have theirs beside it.
    clean: `rm -rf ${directory}; rmdir ${runsDirectory}/${run} 2>/dev/null || true`,
    logs: `tail -n 200 ${file("log")}`,
  };
}
