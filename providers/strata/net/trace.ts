import { classParameters } from "./htb.ts";
import { netemParameters } from "./netem.ts";
import { classOf, tracedFields, type AccessRates, type ShapingRule } from "./rules.ts";

/** How a machine's rules tell the injector (benchmarks/injection/queues.py) of a trace; to tc these lines are comments. */
export const traceMarks = { trace: "# trace", step: "# step" } as const;

/** Stands between netem's parameters of a step and those of its class. */
const classMark = " htb ";

/**
 * Lines that keep a rule's trace beside the rule, so that both are applied, refused and kept over a boot together:
 * `# trace CLASS loop|once LENGTH` and, for each step, `# step CLASS MS` and netem's parameters from then on.
 *
 * netem sets each packet's time when the packet comes, so a rate of its own would hold for those that wait although the link's has
 * risen. Where a trace changes the rate, it is made below netem: ` htb ` and the class's parameters follow, or `hold`, an outage.
 */
export function traceLines(peer: string, rule: ShapingRule, access?: AccessRates): string[] {
  if (rule.trace === undefined) return [];
  const { loop, lengthMs } = rule.trace;
  const number = classOf(peer);
  const steps = traceSteps(rule);
  const metered = steps.some(({ rateMbit }) => rateMbit !== undefined);
  return [
    `${traceMarks.trace} ${number} ${loop ? "loop" : "once"} ${lengthMs}`,
    ...steps.map(({ atMs, ...step }) => {
      const { rateMbit, ...shape } = { ...rule, ...step };
      const parameters = metered
        ? `${netemParameters(shape)}${classMark}${rateMbit === 0 ? "hold" : classParameters(access, rateMbit)}`
        : netemParameters({ ...rule, ...step });
      return `${traceMarks.step} ${number} ${atMs} ${parameters}`;
    }),
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
    const [atMs = "0", ...values] = line.split(" ");
    const step: Step = { atMs: Number(atMs), limitPackets: Number(values.at(-1)) };
    tracedFields.forEach((field, i) => {
      if (values[i] !== "-") step[field] = Number(values[i]);
    });
    return step.lossPercent === undefined ? step : { ...step, gilbertElliott: undefined };
  });
}
