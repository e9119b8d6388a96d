import { execa } from "execa";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { usableAccelerator } from "../../components/libvirt/probe.ts";
import type { TestbedArgs } from "../../components/experiment/whole/testbed.ts";
import { namespaceProcesses, removeNamespace } from "../../providers/strata/process/namespace.ts";
import { endProcesses } from "../../providers/strata/process/processes.ts";
import { list, median, seconds, type Bench, type Figure } from "./bench.ts";
import { BenchStack } from "./benchStack.ts";
import { testbedMissing } from "./missing.ts";
import { plainImage } from "./plainImage.ts";

const sizes = [3, 8];
const rounds = 2;
const limitMs = 20 * 60_000;

/** `pulumi up` of infrastructure alone against a shell script that boots the same machines side by side. */
export const boot: Bench = {
  name: "boot",
  title: `pulumi up of ${sizes.join(" and ")} machines to ssh, that boot and that start from a prepared one, against a plain shell script`,
  missing: () => testbedMissing([]),
  async run(say) {
    const figures: Figure[] = [];
    // It is prepared here, where it is not yet: what is measured is the start from it.
    await bootByUp(1, "prepared");
    for (const size of sizes) {
      const times: Record<Way, number[]> = { script: [], cold: [], prepared: [] };
      // Interleaved, so that whatever else the machine does meets all.
      for (let round = 0; round < rounds; round += 1) {
        times.script.push(await bootByScript(size));
        times.cold.push(await bootByUp(size, "cold"));
        times.prepared.push(await bootByUp(size, "prepared"));
        say(
          `${size} machines by script ${list(times.script)} s, up ${list(times.cold)} s, prepared ${list(times.prepared)} s`,
        );
      }
      const figure = (name: string, way: Way, limit: number): Figure => ({
        name: `${size} machines to ssh, ${name}`,
        measured: median(times[way]) / median(times.script),
        limit,
        unit: "",
        detail: `medians of ${list(times[way])} s and ${list(times.script)} s`,
      });
      figures.push(figure("up", "cold", 1.3), figure("up from a prepared machine", "prepared", preparedLimit(size)));
    }
    return figures;
  },
};

type Way = "script" | "cold" | "prepared";

/** What Strata itself takes is the same for few machines. */
const preparedLimit = (size: number): number => (size >= 8 ? 0.35 : 1.3);

async function bootByUp(count: number, boots: "cold" | "prepared"): Promise<number> {
  const args: TestbedArgs = {
    provider: { kind: "libvirt", host: "embedded" },
    tiers: { endpoint: { count, cpus: 1, memory: "512 MiB" } },
    machines: { boot: boots },
  };
  const stack = await BenchStack.create("bench-boot", args);
  try {
    return await seconds(() => stack.up());
  } finally {
    await stack.remove();
  }
}

async function bootByScript(count: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "strata-boot-"));
  const image = plainImage([]);
  try {
    const script = join(import.meta.dirname, "boot.sh");
    return await seconds(() =>
      execa(script, [directory, image, String(count), usableAccelerator("embedded")], {
        timeout: limitMs,
        stdin: "ignore",
      }),
    );
  } finally {
    const namespace = basename(directory);
    await endProcesses(await namespaceProcesses(namespace), 5000);
    await removeNamespace(namespace);
    for (const path of [directory, image]) rmSync(path, { recursive: true, force: true });
  }
}
