/** How long the runner waits for what, in ms, by the kind of processor the machines have. */
export interface Limits {
  /** Container started until "ready": 6 s of loading plus the container's start, measured on an idle emulated machine. */
  readyMs: number;
  /** One short command on a machine. */
  commandMs: number;
  /** From the start sign's computation to the first photo: all start files must be written by then. */
  leadMs: number;
  /** Replies after the last photo, also of a system that fell behind. */
  replyMs: number;
  /** Between two looks at a machine; looking costs an emulated processor 0.1 s. */
  pollMs: number;
}

export const limits: Readonly<Record<"kvm" | "tcg", Limits>> = {
  kvm: { readyMs: 90_000, commandMs: 30_000, leadMs: 2000, replyMs: 30_000, pollMs: 2000 },
  tcg: { readyMs: 300_000, commandMs: 90_000, leadMs: 6000, replyMs: 60_000, pollMs: 10_000 },
};
