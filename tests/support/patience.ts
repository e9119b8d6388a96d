import { measurePatience } from "../../cli/checks/patience.ts";

const variable = "STRATA_TEST_PATIENCE";

/**
 * How many times as long as on the machine of reference things take here and now, at least 1. Measured once a run, by
 * jest.config.mjs, from which the processes of the run have it; who knows better sets STRATA_TEST_PATIENCE.
 */
export const patience = Number((process.env[variable] ??= String(measurePatience())));

/**
 * A limit in ms that only guards against hanging: no test asks how fast a machine is. It is generous on the machine of
 * reference, and grows with the time that this one takes.
 */
export const patient = (ms: number): number => Math.ceil(ms * patience);
