import { z } from "zod";
import { kindNames, type KindSchema } from "../../kinds/index.ts";
import { kinds } from "../../kinds/table.ts";

export type { SoftwareSpec } from "../../kinds/index.ts";

const schemas = kindNames.map((name) => kinds[name].schema) as [KindSchema, ...KindSchema[]];

export const softwareSchema = z.array(z.discriminatedUnion("kind", schemas)).meta({
  description: "Software on the machines, in the order it is installed.",
  examples: [[{ kind: "mqtt", on: "edge" }]],
});
