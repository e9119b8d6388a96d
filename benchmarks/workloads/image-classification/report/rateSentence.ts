import { figure, percent } from "../../../report/format.ts";
import type { Calibration } from "./schema.ts";

/** How `rate: auto` came to its rate. */
export function rateSentence(calibration: Calibration): string {
  const { rateHz, share, worker, serviceMs, photos, endpoints, limit, photoBytes } = calibration;
  const measured = `${worker} takes ${figure(serviceMs)} ms a photo (mean of ${photos}, not counted below)`;
  const serves = endpoints === 1 ? "" : ` for its ${endpoints} endpoints`;
  const why =
    limit === worker
      ? `${percent(share)} of its time${serves}`
      : limit === "publisher"
        ? "the most that one endpoint sends by itself"
        : `${percent(share)} of what ${limit} carries of photos of ${figure(photoBytes / 1000)} kB`;
  return `rate: auto chose ${rateHz} Hz an endpoint, ${why}; ${measured}.`;
}
