import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { serve } from "../kit/serve.ts";

await serve<null>({
  name: "strata",
  version: "0.1.0",
  schema: readFileSync(join(import.meta.dirname, "schema.json"), "utf8"),
  configuration: z.strictObject({}),
  // Read by the experiments' program (stacks/experiment.ts).
  programKeys: ["experiment", "testbed"],
  configure: () => null,
  parts: () => import("./parts.ts"),
});
