/** Reads a trace's file; undefined where that can't be done. */
export type ReadTrace = (file: string) => string | undefined;

type Group = Record<string, unknown>;

const isGroup = (value: unknown): value is Group =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An experiment as written, with the text of the traces that its links name beside their names. Nothing else is touched. */
export function withTraceText<T>(experiment: T, read: ReadTrace): T {
  return onTraces(experiment, (trace) => {
    if (typeof trace.file !== "string" || trace.content !== undefined) return trace;
    const content = read(trace.file);
    return content === undefined ? trace : { ...trace, content };
  });
}

/** The opposite: what of an experiment is worth showing. */
export function withoutTraceText<T>(experiment: T): T {
  return onTraces(experiment, (trace) =>
    Object.fromEntries(Object.entries(trace).filter(([key]) => key !== "content")),
  );
}

function onTraces<T>(experiment: T, change: (trace: Group) => Group): T {
  if (!isGroup(experiment) || !isGroup(experiment.links)) return experiment;
  const ofWay = (way: unknown): unknown =>
    isGroup(way) && isGroup(way.trace) ? { ...way, trace: change(way.trace) } : way;
  const links = Object.entries(experiment.links).map(([name, link]) => {
    const whole = ofWay(link);
    if (!isGroup(whole)) return [name, whole];
    const ways = (["up", "down"] as const).flatMap((way) => (way in whole ? [[way, ofWay(whole[way])]] : []));
    return [name, { ...whole, ...(Object.fromEntries(ways) as Group) }];
  });
  return { ...experiment, links: Object.fromEntries(links) as Group };
}
