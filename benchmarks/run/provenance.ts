import { execa } from "execa";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { Provenance } from "../report/schema.ts";
import type { PartResult } from "../parts/partFiles.ts";

const projectDirectory = join(import.meta.dirname, "../..");

/** What a reader needs to know to judge the figures or to get them again. */
export async function provenance(testbed: TestbedOutputs, results: readonly PartResult[]): Promise<Provenance> {
  const processors = cpus();
  return {
    strata: (JSON.parse(readFileSync(join(projectDirectory, "package.json"), "utf8")) as { version: string }).version,
    commit: await commit(),
    testbedHash: createHash("sha256").update(canonicalJson(testbed)).digest("hex"),
    image: testbed.image,
    accelerator: testbed.provider.accelerator,
    host: {
      cpu: processors[0]?.model.trim() ?? "unknown",
      cores: processors.length,
      memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
      kernel: release(),
    },
    model: results.map(({ model }) => model).find((model) => typeof model === "string"),
    versions: Object.assign({ runner: process.versions.node }, ...results.map(({ versions }) => versions)) as Record<
      string,
      string
    >,
  };
}

async function commit(): Promise<string | undefined> {
  const git = (...args: string[]) =>
    execa("git", args, { cwd: projectDirectory, reject: false, stdin: "ignore", timeout: 10_000 });
  const head = await git("rev-parse", "--short=12", "HEAD");
  if (head.exitCode !== 0) return undefined;
  const changes = await git("status", "--porcelain", "--untracked-files=no");
  return `${head.stdout}${changes.stdout === "" ? "" : "+"}`;
}

/** JSON with sorted keys: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
