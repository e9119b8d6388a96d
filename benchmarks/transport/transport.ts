import { printable } from "../../providers/kit/plain/printable.ts";
import type { MachineOutputs } from "../../components/contract/testbed.ts";

export type Machine = Pick<MachineOutputs, "name" | "address">;

export interface RemoteOptions {
  /** What the command is for, as in "start the worker"; named in errors. */
  what: string;
  /** After this many ms the command is ended, and that is an error. */
  limitMs: number;
  /** It is cut off where it prints more, which is an error; 16 MiB by default. */
  mostBytes?: number;
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
  /**
   * Starts a command that goes on and listens: its input stays open, and ends when this process does. Ctrl-C does not reach it.
   * @param options `input` is what it is told first.
   * @throws RemoteError when it ends or says nothing within the limit.
   */
  converse(machine: Machine, command: string, options: RemoteOptions): Promise<Conversation>;
  /** The same command line, so that it runs on this host where the machines' addresses can be reached. */
  besideMachines(command: readonly string[]): string[];
}

export interface Served {
  firstLine: string;
  stop(): void;
}

export interface Conversation {
  firstLine: string;
  say(text: string): void;
  /**
   * Says no more, and waits for its end.
   * @returns what it printed after the first line. @throws RemoteError when it does not end in time, or fails.
   */
  end(limitMs: number): Promise<string>;
}

/** A command on a machine failed. The message names the machine, what was done and the end of what it printed. */
export class RemoteError extends Error {
  constructor(machine: Machine, what: string, how: string, output = "") {
    const tail = output.trim().split("\n").slice(-10).join("\n");
    super(printable(`${machine.name}: ${what}: ${how}${tail === "" ? "" : `:\n${tail}`}`));
    this.name = "RemoteError";
  }
}
