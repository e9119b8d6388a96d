import { execa } from "execa";
import { join } from "node:path";
import { readTestbed } from "../../components/standing/read.ts";
import type { TestbedArgs } from "../../components/experiment/whole/testbed.ts";
import { list, median, seconds, type Bench } from "./bench.ts";
import type { BenchStack } from "./benchStack.ts";
import { testbedMissing } from "./missing.ts";
import { runningTestbed } from "./runningTestbed.ts";

const latencies = ["20 ms", "30 ms", "45 ms"] as const;

/** A link's new latency, on machines that go on running. */
export const linkEdit: Bench = {
  name: "link-edit",
  title: "up after an edit of one link of the quickstart's testbed",
  missing: () => testbedMissing(["mqtt", "workload"]),
  async run(say) {
    const { stack, args } = await runningTestbed();
    const before = await bootIds(stack);
    const times: number[] = [];
    for (const latency of latencies) {
      const links: TestbedArgs["links"] = { ...args.links, "cloud-endpoint": { latency } };
      await stack.configure({ ...args, links });
      times.push(await seconds(() => stack.up()));
      // The link, the testbed and the rules at both ends.
      const { update } = await stack.lastOperations();
      say(`${list(times)} s, ${update ?? 0} updated`);
    }
    await stack.configure(args);
    await stack.up();
    const after = await bootIds(stack);
    const restarted = after.filter((id, index) => id !== before[index]).length;
    return [
      {
        name: "edit of one link, up",
        measured: median(times),
        limit: 5,
        unit: "s",
        detail: `median of ${list(times)} s`,
      },
      {
        name: "machines restarted by it",
        measured: restarted,
        limit: 0,
        unit: "restarts",
        detail: "boot ids compared",
      },
    ];
  },
};

/** One for each start of each machine (random(4)). */
async function bootIds(stack: BenchStack): Promise<string[]> {
  const { machines } = readTestbed(await stack.output(), stack.name);
  const config = join(stack.state, "stacks", stack.name, "ssh_config");
  return Promise.all(
    machines.map(async ({ address }) => {
      const { stdout } = await execa("ssh", ["-F", config, address, "cat /proc/sys/kernel/random/boot_id"], {
        timeout: 30_000,
      });
      return stdout.trim();
    }),
  );
}
