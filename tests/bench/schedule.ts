import { noBroker } from "../support/workload/nativeBroker.ts";
import type { Bench } from "./bench.ts";
import { measureLateness } from "./lateness.ts";

/** How late the publisher sends: what its pacer leaves between a photo's planned time and the photo. */
export const schedule: Bench = {
  name: "schedule",
  title: "lateness of the publisher's schedule on this machine, an MQTT broker beside it",
  missing: () => noBroker,
  async run() {
    const { photos, p50Ms, p99Ms, maxMs } = await measureLateness(20, 30);
    const detail = `${photos} photos at 20 Hz; p50 ${p50Ms.toFixed(3)} ms, largest ${maxMs.toFixed(2)} ms`;
    return [{ name: "schedule lateness p99", measured: p99Ms, limit: 2, unit: "ms", detail }];
  },
};
