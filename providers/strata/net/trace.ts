import { netemParameters } from "./netem.ts";
import { classOf, type ShapingRule } from "./rules.ts";

/** How a machine's rules tell the player (benchmarks/timeline/queues.py) of a trace; to tc these lines are comments. */
export const traceMarks = { trace: "# trace", step: "# step" } as const;

/**
 * Lines that keep a rule's trace beside the rule, so that both are applied, refused and kept over a boot together:
 * `# trace CLASS loop|once LENGTH` and, for each step, `# step CLASS MS` and netem's parameters from then on.
 */
export function traceLines(peer: string, rule: ShapingRule): string[] {
  if (rule.trace === undefined) return [];
  const { loop, lengthMs } = rule.trace;
  const number = classOf(peer);
  return [
    `${traceMarks.trace} ${number} ${loop ? "loop" : "once"} ${lengthMs}`,
    ...traceSteps(rule).map(
      ({ atMs, ...step }) => `${traceMarks.step} ${number} ${atMs} ${netemParameters({ ...rule, ...step })}`,
    ),
  ];
}

/** Whether a rule loses packets at some time. */
export function losesPackets(rule: ShapingRule): boolean {
  return [rule, ...traceSteps(rule)].some(({ lossPercent }) => (lossPercent ?? 0) > 0);
}

type Step = { atMs: number } & Partial<ShapingRule>;

/** A loss of the trace's own is at random, whatever the rule's. */
function traceSteps({ trace }: ShapingRule): Step[] {
  const lines = trace?.steps.trimEnd().split("\n") ?? [];
  return lines.map((line) => {
    const [atMs = 0, latencyMs, jitterMs, rateMbit, lossPercent, limitPackets] = line
      .split(" ")
      .map((cell) => (cell === "-" ? undefined : Number(cell)));
    return {
      atMs,
      ...(latencyMs === undefined ? {} : { latencyMs }),
      ...(jitterMs === undefined ? {} : { jitterMs }),
      ...(rateMbit === undefined ? {} : { rateMbit }),
      ...(lossPercent === undefined ? {} : { lossPercent, gilbertElliott: undefined }),
      ...(limitPackets === undefined ? {} : { limitPackets }),
    };
  });
}
