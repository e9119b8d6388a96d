/** One step of a build, told as it begins. */
export interface ProgressEvent {
  /** What is being done, as a short phrase: "installing packages". */
  phase: string;
  /** What it is done to: "machine image 3f2a9c0d1b7e4455". */
  item: string;
  /** Since the build of the item began, in seconds. */
  elapsedSeconds: number;
}

export type Progress = (event: ProgressEvent) => void;

/** Tells a phase of the item that is being built. */
export type Report = (phase: string) => void;

/** Binds a listener to one item, from now on. */
export function reportOn(item: string, progress: Progress | undefined): Report {
  const begin = performance.now();
  return (phase) => progress?.({ phase, item, elapsedSeconds: (performance.now() - begin) / 1000 });
}
