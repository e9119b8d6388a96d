import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { converseFor, runFor } from "../../../benchmarks/transport/process.ts";
import type { Transport } from "../../../benchmarks/transport/transport.ts";

/** Refuses what holds "bad", and notes that it did; writes the rest down with the time, and answers as tc does: to what it can't do. */
const tc = `#!/usr/bin/env python3
import sys, time
for number, line in enumerate(sys.stdin, 1):
    if "bad" in line:
        open("ROOT/refused", "w").close()
    if line == "answer\\n" or "bad" in line:
        print('Object "..." is unknown, try "tc help".', file=sys.stderr)
        print(f"Command failed -:{number}", file=sys.stderr, flush=True)
    else:
        with open("ROOT/log", "a") as log:
            print(time.time() * 1000, line, end="", file=log)
`;
import { until } from "../until.ts";

/** Runs the unit's command, and the one for its end when that has ended, however. */
const systemdRun = `#!/bin/sh
while :; do
  case $1 in
    --property) case $2 in ExecStopPost=*) after=\${2#*=} ;; esac; shift 2 ;;
    --unit) shift 2 ;;
    --*) shift ;;
    *) break ;;
  esac
done
( "$@" 2> ROOT/journal & echo $! > ROOT/pid; wait $!; $after; echo > ROOT/ended ) > /dev/null 2>&1 < /dev/null &
`;

/** A folder of this host that an injector takes for a machine: all is real but tc, systemd and the rules. */
export class InjectedMachine {
  readonly name = "cloud-0";
  readonly address = "127.0.0.1";
  readonly #root = mkdtempSync(join(tmpdir(), "strata-injector-"));

  /** @param rules as Shaping leaves them in a machine. */
  constructor(rules: string) {
    for (const directory of ["bin", "etc/strata"]) mkdirSync(join(this.#root, directory), { recursive: true });
    writeFileSync(join(this.#root, "etc/strata/shaping.tc"), rules);
    writeFileSync(join(this.#root, "etc/strata/apply-shaping"), `echo 0 applied anew >> ${this.#root}/log\n`);
    this.#program("tc", tc);
    this.#program("systemd-run", systemdRun);
    this.#program("systemctl", "#!/bin/sh\n");
    this.#program("journalctl", "#!/bin/sh\ncat ROOT/journal\n");
    this.#program("ethtool", '#!/bin/sh\necho 0 ethtool "$@" >> ROOT/log\n');
  }

  #program(name: string, text: string): void {
    writeFileSync(join(this.#root, "bin", name), text.replaceAll("ROOT", this.#root));
    chmodSync(join(this.#root, "bin", name), 0o755);
  }

  #here = (text: string): string =>
    text.replaceAll("/run/strata-injector", `${this.#root}/run`).replaceAll("/etc/strata", `${this.#root}/etc/strata`);

  get transport(): Transport {
    const commandLine = (command: string): string[] => [
      ...["env", `PATH=${this.#root}/bin:${process.env.PATH ?? ""}`, "sh", "-c", this.#here(command)],
    ];
    const here = <O extends { input?: string }>(options: O): O =>
      options.input === undefined ? options : { ...options, input: this.#here(options.input) };
    return {
      run: (machine, command, options) => runFor(machine, commandLine(command), here(options)),
      converse: (machine, command, options) => converseFor(machine, commandLine(command), here(options)),
      serve: () => Promise.reject(new Error("not used here")),
      besideMachines: (command) => [...command],
    };
  }

  /** What was done to the links: when (ms since 1970; 0: not by tc), and what. */
  get log(): { ms: number; what: string }[] {
    if (!existsSync(join(this.#root, "log"))) return [];
    const lines = readFileSync(join(this.#root, "log"), "utf8").trimEnd().split("\n");
    return lines.map((line) => ({ ms: Number(line.split(" ")[0]), what: line.slice(line.indexOf(" ") + 1) }));
  }

  /** Ends the injector at once. */
  kill(): void {
    execFileSync("kill", ["-9", readFileSync(join(this.#root, "pid"), "utf8").trim()]);
  }

  /** Returns once injector and guard have ended. */
  async ended(): Promise<void> {
    await until("the injector to end", 60_000, () => existsSync(join(this.#root, "ended")), 50);
  }

  /** Whether tc has refused something. */
  get refuses(): boolean {
    return existsSync(join(this.#root, "refused"));
  }

  get active(): boolean {
    return existsSync(join(this.#root, "run/active"));
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}
