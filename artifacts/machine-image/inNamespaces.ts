import { execFileSync } from "node:child_process";
import { run } from "../store/run.ts";
import { rootPrefix } from "./root.ts";

/**
 * Locks that a command holds come down to what it runs as open files. What holds them is the process above; mmdebstrap names
 * pipes of its own by number in scripts for sh, and dash knows numbers up to 9 only.
 */
const withoutFiles = 'exec sh "$@" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-';

export interface RootScript {
  /** For messages: "building the machine image". */
  what: string;
  script: string;
  args: string[];
  environment: Record<string, string>;
  /** Where the script works; root's files there are removed when it fails, and given to this user when it succeeds. */
  directory: string;
  limitSeconds: number;
  onLine?: (line: string) => void;
}

/**
 * Runs a shell script as root in mount and process namespaces of its own: whatever it mounts and starts is gone when it
 * ends, also when it is killed.
 *
 * @throws ArtifactError with the end of its output.
 */
export async function runInNamespaces(task: RootScript): Promise<void> {
  const namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const [command, args] = asRoot([...namespaces, "sh", "-c", withoutFiles, "sh", task.script, ...task.args]);
  try {
    await run({ ...task, command, args });
  } catch (error) {
    execFileSync(...asRoot(["find", task.directory, "-mindepth", "1", "-xdev", "-delete"]));
    throw error;
  }
  const user = process.getuid?.() ?? 0;
  if (user !== 0) execFileSync(...asRoot(["chown", "--recursive", String(user), task.directory]));
}

function asRoot(command: string[]): [string, string[]] {
  const [program = "", ...args] = [...rootPrefix(), ...command];
  return [program, args];
}
