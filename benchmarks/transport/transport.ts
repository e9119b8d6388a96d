import type { MachineOutputs } from "../../components/contract/testbed.ts";

export type Machine = Pick<MachineOutputs, "name" | "address">;

export interface RemoteOptions {
  /** What the command is for, as in "start the worker"; named in errors. */
  what: string;
  /** After this many ms the command is ended, and that is an error. */
  limitMs: number;
  /** Standard input; none by default. */
  input?: string;
  signal?: AbortSignal;
}

/** How the runner reaches machines. One implementation by ssh; tests bring their own. */
export interface Transport {
  /**
   * Runs a shell command as root on the machine.
   * @returns its standard output. @throws RemoteError when it fails or does not end in time.
   */
  run(machine: Machine, command: string, options: RemoteOptions): Promise<string>;
  /**
   * Starts a command that goes on by itself and waits for the first line it prints.
   * @throws RemoteError when it ends or says nothing within the limit.
   */
  serve(machine: Machine, command: string, options: RemoteOptions): Promise<Served>;
  /** The same command line, so that it runs on this host where the machines' addresses can be reached. */
  besideMachines(command: readonly string[]): string[];
}

export interface Served {
  firstLine: string;
  stop(): void;
}

/** A command on a machine failed. The message names the machine, what was done and the end of what it printed. */
export class RemoteError extends Error {
  constructor(machine: Machine, what: string, how: string, output = "") {
    const tail = output.trim().split("\n").slice(-10).join("\n");
    super(`${machine.name}: ${what}: ${how}${tail === "" ? "" : `:\n${tail}`}`);
    this.name = "RemoteError";
  }
}
