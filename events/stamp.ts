import { eventSchemaName, type Event, type Tell } from "./event.ts";

const millisecond = 1000;

/** Time in seconds with its milliseconds. */
export const inSeconds = (milliseconds: number): number => Math.round(milliseconds) / millisecond;

/** A clock that begins now. @returns seconds since then. */
export function stopwatch(): () => number {
  const begun = performance.now();
  return () => inSeconds(performance.now() - begun);
}

/** Puts on everything that is told when and by which command it was. The command begins now. */
export function stamp(command: string, write: (event: Event) => void): Tell {
  const elapsed = stopwatch();
  return (happening) => {
    const time = new Date().toISOString();
    write({ schema: eventSchemaName, time, command, elapsedSeconds: elapsed(), ...happening });
  };
}
