import { existsSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { stateDirectory } from "../../local/stateDirectory.ts";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import type { Fact } from "../fact.ts";
import type { Finding } from "../step.ts";

/** The quickstart's three machines, and what the runner and the engine take beside them. */
const wantedMemoryGiB = 4;

/** A build of the engine (2.5), machine image and containers (3), machines' disks (1), all at once. */
const wantedDiskGiB = 8;

export const memory: Fact = {
  name: "memory",
  title: "memory",
  find: () => {
    const kib = Number(/^MemAvailable:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? 0);
    const finding = enough(
      kib / 2 ** 20,
      wantedMemoryGiB,
      "GiB of memory available",
      "Close something, or shrink the machines of your testbed.",
    );
    return Promise.resolve(finding);
  },
};

export const disk: Fact = {
  name: "disk",
  title: "disk space",
  find: async () => {
    const places = [cacheDirectory(), stateDirectory(), "/var/lib", "/tmp"].map(existing);
    const free = await Promise.all(
      places.map(async (place) => {
        const { bavail, bsize } = await statfs(place);
        return { place, gib: (bavail * bsize) / 2 ** 30 };
      }),
    );
    const least = free.reduce((a, b) => (b.gib < a.gib ? b : a));
    return enough(
      least.gib,
      wantedDiskGiB,
      `GiB free in ${least.place}`,
      "Free some space, or set STRATA_CACHE and STRATA_STATE to a larger disk.",
    );
  },
};

export const processors: Fact = {
  name: "processors",
  title: "processors",
  find: () => Promise.resolve(enough(availableParallelism(), 2, "cores", "Expect everything to take longer.")),
};

/** Less than wanted is no failure: a smaller testbed may fit. */
export function enough(have: number, want: number, of: string, fix: string): Finding {
  const amount = Number.isInteger(have) ? String(have) : have.toFixed(1);
  if (have >= want) return { state: "ready", detail: `${amount} ${of}` };
  return { state: "limited", detail: `${amount} ${of}, the quickstart wants ${want}`, fix };
}

/** The path itself or its nearest ancestor that exists. */
function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path));
}
