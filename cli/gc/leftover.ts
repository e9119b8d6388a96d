import type { Tell } from "../../events/event.ts";

/** One thing that may be taken away. */
export interface Leftover {
  /** "machine image 3f2a9c0d1b7e4455", "testbed lab". */
  what: string;
  /** What it takes on the disk; 0 where nobody knows. */
  bytes: number;
  /** Milliseconds since 1970; absent: nobody knows. */
  lastUsed?: number;
  /** Why it stays whatever is asked for: who uses it, or why it is not ours to remove, and what to do. */
  inUse?: string;
  /** Why it goes even where there is room: nothing can use it any more. Absent: it goes only for room. */
  why?: string;
  /**
   * Takes it away, unless it came into use since it was listed. One that is killed in between is listed again.
   *
   * @returns why it has stayed after all; undefined where it has gone.
   */
  remove: (tell: Tell | undefined) => Promise<string | undefined>;
}

/** A kind of things that are left over: a file of this folder, and a line in table.ts. */
export interface LeftoverKind {
  /** "machine images". */
  name: string;
  /** What `strata gc` may be told to look at alone. The cache has a limit. */
  of: "testbeds" | "cache";
  /** All that there is of it, and changes nothing. */
  list: () => Promise<Leftover[]>;
}
