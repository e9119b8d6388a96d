/**
 * Hears of each step of a build as it begins.
 *
 * @param phase what is being done, as a short phrase: "installing packages".
 * @param item what it is done to: "machine image 3f2a9c0d1b7e4455".
 * @param elapsedSeconds since the build of the item began.
 */
export type Progress = (phase: string, item: string, elapsedSeconds: number) => void;

/** Tells a phase of the item that is being built. */
export type Report = (phase: string) => void;

/** Binds a listener to one item, from now on. */
export function reportOn(item: string, progress: Progress | undefined): Report {
  const begin = performance.now();
  return (phase) => progress?.(phase, item, (performance.now() - begin) / 1000);
}
