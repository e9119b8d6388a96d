import { z } from "zod";

/** What all machines of a testbed have in common. */
export const machinesSchema = z
  .strictObject({
    boot: z
      .enum(["prepared", "cold"])
      .prefault("prepared")
      .meta({
        description:
          "prepared: machines start as copies of one of their shape that was booted once and saved with its memory, where the host can do that. cold: each boots by itself.",
        examples: ["cold"],
      }),
  })
  .meta({ description: "What all machines have in common." });

export type MachinesSpec = z.output<typeof machinesSchema>;
export type Boot = MachinesSpec["boot"];
