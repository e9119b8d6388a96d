import { accessSync, constants, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { environmentFor } from "../pulumi/environment.ts";
import { prepareState } from "../pulumi/state.ts";
import { backendDirectory, backendUrl, ownHome, passphraseFile } from "../pulumi/statePaths.ts";
import type { Finding, Step } from "../step.ts";

/** The engine's backend. Only the file backend of this checkout is ours to make; a user's own is left alone. */
export const stateStep: Step = {
  name: "state",
  title: "Pulumi state",
  needs: [],
  check: () => Promise.resolve(check()),
  do: () => {
    prepareState();
    return Promise.resolve();
  },
};

function check(): Finding {
  const { PULUMI_BACKEND_URL } = environmentFor({ source: "path", directory: "", version: "" }, process.env);
  const backend = PULUMI_BACKEND_URL ?? process.env.PULUMI_BACKEND_URL;
  if (backend !== backendUrl()) {
    return { state: "ready", detail: `your own backend: ${backend ?? "the one you are logged in to"}` };
  }
  const fix = "Run ./strata setup.";
  const file = passphraseFile();
  if (![backendDirectory(), file, join(ownHome(), "plugins")].every((path) => existsSync(path)))
    return { state: "missing", detail: "not made yet", fix };
  accessSync(file, constants.R_OK);
  if ((statSync(file).mode & 0o077) !== 0) {
    return { state: "limited", detail: `others can read ${file}`, fix: `Run: chmod 600 ${file}` };
  }
  return { state: "ready", detail: backendDirectory() };
}
