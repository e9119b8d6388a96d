import type { Bench } from "./bench.ts";
import { testbedMissing } from "./missing.ts";
import { peakMemory, runningTestbed, type Memory } from "./runningTestbed.ts";

const limit = 500;

/** What a testbed takes of the host beside its machines. */
export const memory: Bench = {
  name: "memory",
  title:
    "the host's memory for the quickstart's testbed, machines left out: while it is built, and while it is measured",
  missing: () => testbedMissing(["mqtt", "workload"]),
  async run(say) {
    const { stack, peak } = await runningTestbed();
    say("measures on the testbed");
    const { peak: runner } = await peakMemory(stack, () => stack.bench());
    const detail = ({ rss, detail: parts }: Memory) => `PSS; RSS ${rss.toFixed(0)} MB; ${parts}`;
    return [
      { name: "host memory while building", measured: peak.pss, limit, unit: "MB", detail: detail(peak) },
      { name: "host memory while measuring", measured: runner.pss, limit, unit: "MB", detail: detail(runner) },
    ];
  },
};
