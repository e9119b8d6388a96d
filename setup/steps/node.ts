import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileHash } from "../hash.ts";
import type { Finding, Step } from "../step.ts";

/** The launcher installs Node.js and the npm packages before anything else can run; this looks at what it left. */
export const nodeStep: Step = {
  name: "node",
  title: "Node.js and npm packages",
  needs: [],
  check,
  do: () => Promise.reject(new Error("Node.js is the launcher's to install: run ./strata setup")),
};

async function check(): Promise<Finding> {
  const prefix = resolve(dirname(process.execPath), "..");
  const record = join(prefix, "node.sha256");
  if (existsSync(record)) {
    const expected = readFileSync(record, "utf8").split(" ")[0];
    if ((await fileHash(process.execPath)) !== expected) {
      const fix = `Run: rm -r ${prefix}, then ./strata setup.`;
      return { state: "missing", detail: `${process.execPath} has changed since it was installed`, fix };
    }
  }
  const modules = join(import.meta.dirname, "../../node_modules");
  if (!existsSync(join(modules, ".package-lock.json"))) {
    return { state: "missing", detail: "the npm packages are not installed completely", fix: "Run ./strata setup." };
  }
  return { state: "ready", detail: `${process.version}, ${process.execPath}` };
}
