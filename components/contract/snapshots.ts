import type { StateResource } from "../../providers/kit/plain/stateResource.ts";

export type { StateResource };

/** How a testbed's machines are saved with their memory, and brought back, by the kind of infrastructure that they are on. */
export interface MachineStates {
  /** The machines that a snapshot has, by name. */
  readonly machines: readonly string[];
  /** What their memory and disks may take on the host while they are saved, bytes. */
  readonly mostBytes: number;
  /** The program that holds a machine still: for its python3, root's, in the background. */
  readonly holdProgram: string;
  /**
   * Saves all of them at one moment, and lets them go on.
   *
   * @param directory of this machine that a machine is kept in.
   * @param startHold starts `holdProgram` on a machine.
   * @returns for how many seconds they stood still.
   * @throws Error where one can't be saved: all go on then, and nothing is kept.
   */
  save(
    directory: (machine: string) => string,
    startHold: (machine: string) => Promise<void>,
    tell: (what: string) => void,
  ): Promise<number>;
  /** Reads what was kept of them. @returns why it can't be used at this host, a sentence each; nothing is changed. */
  unusable(directory: (machine: string) => string): Promise<string[]>;
  /** Makes again what the machines need and has gone: a resource of this kind's, but no machine. */
  recreate(resource: StateResource): Promise<void>;
  /** Brings all of them back as they were read, in place of what of them is there. @throws Error where one can't be. */
  restore(): Promise<void>;
  /** Lets machines go on that a save has left off when it was killed. @returns their names. */
  goOn(): Promise<string[]>;
  close(): void;
}

/** What a kind of infrastructure has that can save machines, which `snapshots` of its `kind.ts` loads. */
export interface MachineStatesModule {
  /** @param resources all of a stack's. */
  open(resources: readonly StateResource[], signal: AbortSignal): MachineStates;
}
