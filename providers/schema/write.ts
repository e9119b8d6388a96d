import { writeFileSync } from "node:fs";
import { generatedTree } from "./packages.ts";

// `npm run schema`: what the engine, editors and programs read of our plugins.
for (const [path, text] of await generatedTree()) writeFileSync(new URL(`../../${path}`, import.meta.url), text);
