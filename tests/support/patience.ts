import { spawnSync } from "node:child_process";

/** What the work below took on the machine that the limits of these tests were made on, idle; in ms. */
const referenceMs = 600;
const variable = "STRATA_TEST_PATIENCE";

/** Work as tests have it: processes that start, compile and compute. */
const work =
  "let x = 1; for (let i = 0; i < 1e7; i += 1) x = (x * 1103515245 + i) % 2147483648; process.exit(x < 0 ? 1 : 0)";

function measure(): number {
  const begun = performance.now();
  for (let times = 0; times < 3; times += 1) spawnSync(process.execPath, ["-e", work], { env: {} });
  return Math.max(1, Math.round(((performance.now() - begun) / referenceMs) * 10) / 10);
}

/**
 * How many times as long as on the machine of reference things take here and now, at least 1. Measured once a run, by
 * jest.config.mjs, from which the processes of the run have it; who knows better sets STRATA_TEST_PATIENCE.
 */
export const patience = Number((process.env[variable] ??= String(measure())));

/**
 * A limit in ms that only guards against hanging: no test asks how fast a machine is. It is generous on the machine of
 * reference, and grows with the time that this one takes.
 */
export const patient = (ms: number): number => Math.ceil(ms * patience);
