import { list, median, seconds, type Bench } from "./bench.ts";
import { testbedMissing } from "./missing.ts";
import { runningTestbed } from "./runningTestbed.ts";

const rounds = 3;

/** What a user waits for when there is nothing to do. */
export const noChange: Bench = {
  name: "no-change",
  title: "a second up of the quickstart's testbed",
  missing: () => testbedMissing(["mqtt", "workload"]),
  async run(say) {
    const { stack } = await runningTestbed();
    const times: number[] = [];
    let operations = 0;
    for (let round = 0; round < rounds; round += 1) {
      times.push(await seconds(() => stack.up()));
      const done = Object.entries(await stack.lastOperations()).filter(([operation]) => operation !== "same");
      operations += done.reduce((sum, [, count]) => sum + count, 0);
      say(`${list(times)} s`);
    }
    return [
      {
        name: "second up, no change",
        measured: median(times),
        limit: 5,
        unit: "s",
        detail: `median of ${list(times)} s`,
      },
      {
        name: "second up, operations",
        measured: operations,
        limit: 0,
        unit: "operations",
        detail: `${rounds} updates`,
      },
    ];
  },
};
