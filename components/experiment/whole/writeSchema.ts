import { writeFileSync } from "node:fs";
import { testbedJsonSchema } from "./jsonSchema.ts";

// `npm run schema`: the file that editors read, next to the experiment files.
const file = new URL("../../../stacks/testbed.schema.json", import.meta.url);
writeFileSync(file, JSON.stringify(testbedJsonSchema(), null, 2) + "\n");
