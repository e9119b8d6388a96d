import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { shellWord } from "../../providers/kit/plain/shellWord.ts";
import { writeWhole } from "../../local/writeWhole.ts";
import { usesOwnHome } from "../pulumi/environment.ts";
import {
  installOfficialPlugin,
  pluginDirectory,
  pluginVersion,
  type OfficialPlugin,
} from "../pulumi/officialPlugin.ts";
import { executablesDirectory, repository } from "../pulumi/statePaths.ts";
import type { Finding, Report, Step } from "../step.ts";

const standIn = join(repository, "providers/command/pulumi-resource-command");

/** Stands in the wrapper's second line, so that it is never taken for the official plugin. */
const mark = "# Strata's stand-in for the official Pulumi plugin `command`";

const wrapper = `#!/bin/sh\n${mark}.\nexec ${shellWord(standIn)} "$@"\n`;

const plugin: OfficialPlugin = { name: "command", downloadLimitMs: 120_000 };

/** The plugin behind @pulumi/command: the official one, or the stand-in in providers/command. */
export const commandPluginStep: Step = {
  name: "command plugin",
  title: "Pulumi plugin command",
  needs: ["engine", "state"],
  check: () => Promise.resolve(check()),
  do: install,
};

function check(): Finding {
  const fix = "Run ./strata setup.";
  const found = [join(pluginDirectory(plugin), "pulumi-resource-command"), wrapperFile()].find((file) =>
    existsSync(file),
  );
  if (found === undefined)
    return { state: "missing", detail: `plugin command ${pluginVersion(plugin)} is not installed`, fix };
  if (!isStandIn(found)) return { state: "ready", detail: `${pluginVersion(plugin)}, official` };
  if (readFileSync(found, "utf8") !== wrapper)
    return { state: "missing", detail: "the stand-in is another checkout's", fix };
  return {
    state: "limited",
    detail: `${pluginVersion(plugin)}: Strata's stand-in, because the official plugin could not be downloaded`,
    fix: `It does all that Strata needs. With a network: rm ${found} && ./strata setup`,
  };
}

async function install(report: Report, signal: AbortSignal): Promise<void> {
  try {
    await installOfficialPlugin(plugin, report, signal);
    return;
  } catch (error) {
    signal.throwIfAborted();
    if (!existsSync(standIn)) throw error;
    const reason = messageOf(error);
    const text = `the official plugin can't be had (${reason}): using Strata's stand-in`;
    report({ phase: "fallback", text, detail: "providers/command" });
  }
  const file = wrapperFile();
  await mkdir(dirname(file), { recursive: true });
  writeWhole(file, wrapper, 0o755);
}

/**
 * In this checkout's own Pulumi home it is installed like any plugin. In a home that other projects share it must not
 * pass for the official one: there it goes on the PATH of `strata env`, and Pulumi says each time that it uses it.
 */
function wrapperFile(): string {
  return usesOwnHome(process.env)
    ? join(pluginDirectory(plugin), "pulumi-resource-command")
    : join(executablesDirectory(), "pulumi-resource-command");
}

function isStandIn(file: string): boolean {
  const start = Buffer.alloc(200);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, start, 0, start.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return start.toString("latin1").includes(mark);
}
