import type { Activity } from "../events/event.ts";

/** What looking at one thing found. */
export type Finding =
  | { state: "ready"; detail: string }
  /** Works, but not as well as it could; never fails anything. */
  | { state: "limited"; detail: string; fix: string }
  | { state: "missing"; detail: string; fix: string };

/** Progress of one step: what it is at ("compiling"), and what of it ("312 of at most 1904 packages"). */
export type Report = (activity: Activity) => void;

/** One thing that a machine needs, how to see whether it is there, and how to get it. */
export interface Step {
  /** Short and unique; other steps name it in `needs`. */
  name: string;
  /** What it is, for people: "Pulumi engine". */
  title: string;
  /** Steps that must be done before this one; all others run beside it. */
  needs: readonly string[];
  /** Changes nothing. */
  check: () => Promise<Finding>;
  /** Makes it so that `check` finds it ready (or limited). Leaves nothing half done under the final name. */
  do: (report: Report, signal: AbortSignal) => Promise<void>;
  /** `do` has commands run as root, by sudo for another user: it never asks for a password, so that is done before. */
  needsRoot?: boolean;
  /** Where `do` changes the machine outside Strata's own folders: the question to ask before. */
  question?: () => Promise<string>;
}

/** How a step ended. */
export type Outcome =
  | { state: "present"; detail: string }
  | { state: "done"; detail: string; milliseconds: number }
  | { state: "failed"; reason: string; milliseconds: number }
  | { state: "blocked"; by: string };
