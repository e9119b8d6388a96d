import { findEngine } from "../engine/find.ts";
import { installEngine } from "../engine/install.ts";
import { engineVersion } from "../engine/recipe.ts";
import { problemOf } from "../engine/store.ts";
import type { Finding, Step } from "../step.ts";

const sources = {
  path: "found on PATH",
  official: "official release",
  built: "built from Go modules, with Strata's own Node.js language host",
};

export const engineStep: Step = {
  name: "engine",
  title: "Pulumi engine",
  needs: [],
  check,
  do: installEngine,
};

async function check(): Promise<Finding> {
  const fix = "Run ./strata setup.";
  const engine = findEngine();
  if (engine === undefined) return { state: "missing", detail: `no Pulumi engine ${engineVersion}`, fix };
  if (engine.source !== "path") {
    const problem = await problemOf(engine.directory);
    if (problem !== undefined)
      return { state: "missing", detail: `the engine in ${engine.directory} is corrupt: ${problem}`, fix };
  }
  return { state: "ready", detail: `${engine.version}, ${sources[engine.source]}` };
}
