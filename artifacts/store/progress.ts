import type { Activity } from "../../events/event.ts";

/**
 * Hears of each step of a build as it begins.
 *
 * @param activity what is being done: "installing packages".
 * @param item what it is done to: "machine image 3f2a9c0d1b7e4455".
 * @param elapsedSeconds since the build of the item began.
 */
export type Progress = (activity: Activity, item: string, elapsedSeconds: number) => void;

/** Tells what is being done to the item that is being built. */
export type Report = (activity: Activity) => void;

/** Binds a listener to one item, from now on. */
export function reportOn(item: string, progress: Progress | undefined): Report {
  const begin = performance.now();
  return (activity) => progress?.(activity, item, (performance.now() - begin) / 1000);
}

/** Of what reports to setup: one phrase, for builds of which many lines stand among each other. */
export function inOnePhrase(report: Report): Report {
  return ({ detail, ...activity }) => {
    report({ ...activity, text: `${activity.text} ${detail ?? ""}` });
  };
}
