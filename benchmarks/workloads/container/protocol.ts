/**
 * What a part of a workload and the runner agree on: files in the run directory, ROLE being the part's name.
 *   ROLE.json          in: the part's configuration, which has at least {run, id}
 *   ROLE.started       in: when the container or the pod's process was started, in ms since 1970 by this machine's clock
 *   ROLE.state.json    out: RoleState, replaced whole at each change, at most once a second
 *   ROLE.go.json       in: {startAtMs}, when to begin, by this machine's own clock; written by the runner when all parts are
 *                      ready, so that all begin together. Only parts that wait for it get it.
 *   ROLE.csv           out: samples, appended once a second; the workload's own columns
 *   ROLE.result.json   out: RoleResult, the last file written
 */
export interface RoleState {
  state: "starting" | "ready" | "running" | "ended";
  /** What it is doing, in words; for the runner's progress line. */
  detail: string;
  /** What it has done so far, by the workload's own names; the runner adds up those of all parts. */
  counts?: Record<string, number>;
}

/** Beside what the workload itself adds. */
export interface RoleResult {
  role: string;
  /** Name of the machine or pod: "cloud-0". */
  id: string;
  outcome: "completed" | "failed" | "stopped";
  /** Why it failed or was stopped. */
  reason?: string;
  clockUncertaintyMs: number;
  /** How far the machine's clock was set during the run, in ms; cross-machine figures are void unless 0. */
  clockStepMs: number;
  versions: Record<string, string>;
}

/** The start sign's file of a part. */
export const startSignFile = (role: string): string => `${role}.go.json`;
