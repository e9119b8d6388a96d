import { z } from "zod";
import type { ReadSamples } from "../../../metrics/rows.ts";
import { guestCount, guestName } from "../../../parts/partFiles.ts";
import { readPublisherSamples, readWorkerSamples } from "../metrics/samples.ts";

/** How what publishers and workers write is read. */
export const reading = {
  resultFields: {
    photos: guestCount,
    answered: guestCount,
    catalogue: z
      .array(z.object({ file: guestName, labels: z.array(guestName).max(1000) }))
      .max(100_000)
      .optional(),
    model: guestName.optional(),
  },
  read: (role: string, text: string): ReadSamples<unknown> =>
    role === "publisher" ? readPublisherSamples(text) : readWorkerSamples(text),
};
