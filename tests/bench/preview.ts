import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestbedArgs } from "../../components/experiment/whole/testbed.ts";
import { findEngine } from "../../setup/engine/find.ts";
import { list, median, seconds, type Bench } from "./bench.ts";
import { BenchStack } from "./benchStack.ts";
import { writeStandInImage } from "./standInImage.ts";

const rounds = 3;

const args: TestbedArgs = {
  provider: { kind: "libvirt", host: "embedded" },
  tiers: { cloud: { count: 50 }, edge: { count: 50 }, endpoint: { count: 100 } },
  links: { preset: "4g" },
  software: [{ kind: "mqtt", on: "edge" }],
  benchmark: { workload: "image-classification" },
};

/** What a user waits for before seeing what a large testbed would be. */
export const preview: Bench = {
  name: "preview",
  title: "preview of a testbed of 200 machines with links, software and a benchmark",
  missing: () => (findEngine() === undefined ? "there is no Pulumi engine (./strata setup)" : undefined),
  async run(say) {
    const cache = mkdtempSync(join(tmpdir(), "strata-bench-cache-"));
    writeStandInImage(["mqtt", "workload"], cache);
    // More machines than this host can hold: nothing is started.
    const stack = await BenchStack.create("bench-preview", args, { STRATA_CACHE: cache, STRATA_FORCE: "1" });
    try {
      const times: number[] = [];
      let created = 0;
      for (let round = 0; round < rounds; round += 1) {
        times.push(await seconds(async () => (created = (await stack.preview()).create ?? 0)));
        say(`${list(times)} s`);
      }
      const detail = `median of ${list(times)} s; ${created} to create`;
      return [{ name: "preview of 200 machines", measured: median(times), limit: 6, unit: "s", detail }];
    } finally {
      await stack.remove();
      rmSync(cache, { recursive: true, force: true });
    }
  },
};
