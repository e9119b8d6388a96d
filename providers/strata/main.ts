import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "../kit/serve.ts";
import { plugin } from "./plugin.ts";

await serve({ ...plugin, schema: readFileSync(join(import.meta.dirname, "schema.json"), "utf8") });
