import { spawnSync } from "node:child_process";

/** What the work below took on the machine of reference, which limits and times of these tests were made on, idle; in ms. */
const referenceMs = 600;

/** Work as tests have it: processes that start, compile and compute. */
const work =
  "let x = 1; for (let i = 0; i < 1e7; i += 1) x = (x * 1103515245 + i) % 2147483648; process.exit(x < 0 ? 1 : 0)";

/** How many times as long as on the machine of reference things take here and now, at least 1; takes as long as it takes. */
export function measurePatience(): number {
  const begun = performance.now();
  for (let times = 0; times < 3; times += 1) spawnSync(process.execPath, ["-e", work], { env: {} });
  return Math.max(1, Math.round(((performance.now() - begun) / referenceMs) * 10) / 10);
}
