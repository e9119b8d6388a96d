import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { serve } from "../kit/serve.ts";

// Stands in for the official plugin where that can't be had; the version says which one, and that it is not it.
await serve<null>({
  name: "command",
  version: "1.2.1+strata",
  schema: readFileSync(join(import.meta.dirname, "schema.json"), "utf8"),
  configuration: z.strictObject({}),
  configure: () => null,
  parts: () => import("./parts.ts"),
});
