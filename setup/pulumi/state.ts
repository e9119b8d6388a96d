import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { flush } from "../../local/writeWhole.ts";
import { backendDirectory, ownHome, passphraseFile, pluginsDirectory } from "./statePaths.ts";

/** Makes the engine's file backend, its passphrase and its home, where they are not there yet. */
export function prepareState(): void {
  mkdirSync(backendDirectory(), { recursive: true });
  mkdirSync(ownHome(), { recursive: true });
  mkdirSync(pluginsDirectory(), { recursive: true });
  unlessThere(() => {
    symlinkSync(pluginsDirectory(), join(ownHome(), "plugins"));
  });
  const file = passphraseFile();
  if (hasPassphrase(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  // Complete under another name first, and linked only if nobody else was faster: a passphrase must never change.
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  writeFileSync(temporary, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx", flush: true });
  unlessThere(() => {
    linkSync(temporary, file);
  });
  rmSync(temporary);
  flush(dirname(file));
}

/** @throws Error when it is empty, as older versions left it after a power cut, and there is what only it opens. */
function hasPassphrase(file: string): boolean {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size !== 0) return size !== undefined;
  const stacks = join(backendDirectory(), ".pulumi/stacks");
  if (existsSync(stacks) && readdirSync(stacks, { recursive: true, withFileTypes: true }).some((one) => one.isFile())) {
    throw new Error(
      `${file} is empty, and the secrets in ${stacks} can only be read with what stood in it; put it back from a copy, ` +
        `or give the testbeds up: ./strata host down --force, then remove ${backendDirectory()} and ${file}`,
    );
  }
  rmSync(file, { force: true });
  return false;
}

/** Another process may be making the same at the same time. */
function unlessThere(make: () => void): void {
  try {
    make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
