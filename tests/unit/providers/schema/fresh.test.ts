import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generatedTree } from "../../../../providers/schema/packages.ts";

const root = join(import.meta.dirname, "../../../..");
const generated = await generatedTree();

test.each([...generated])("%s is fresh (else: npm run schema)", (path, text) => {
  expect(readFileSync(join(root, path), "utf8")).toBe(text);
});

test.each(["providers/libvirt/sdk", "providers/strata/sdk"])("nothing else is in %s", (folder) => {
  const files = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
  expect(files.sort()).toEqual([...generated.keys()].filter((path) => path.startsWith(`${folder}/`)).sort());
});
