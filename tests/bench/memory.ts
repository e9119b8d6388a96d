import type { Bench } from "./bench.ts";
import { testbedMissing } from "./missing.ts";
import { peakMemory, runningTestbed, type Memory } from "./runningTestbed.ts";

const limit = 500;

/** What a testbed takes of the host beside its machines: plugins and runner are judged, all of it is told. */
export const memory: Bench = {
  name: "memory",
  title:
    "the host's memory for the quickstart's testbed, machines left out: plugins while it is built, runner while it is measured",
  missing: () => testbedMissing(["mqtt", "workload"]),
  async run(say) {
    const { stack, peak } = await runningTestbed();
    say("measures on the testbed");
    const { peak: runner } = await peakMemory(stack, () => stack.bench());
    const detail = ({ rss, pss, detail: parts }: Memory) =>
      `PSS; with engine, program, Ansible, libvirtd ${pss.toFixed(0)} MB (RSS ${rss.toFixed(0)}): ${parts}`;
    return [
      { name: "plugins while building", measured: peak.own, limit, unit: "MB", detail: detail(peak) },
      { name: "runner while measuring", measured: runner.own, limit, unit: "MB", detail: detail(runner) },
    ];
  },
};
