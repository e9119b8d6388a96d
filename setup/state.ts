import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  // Complete under another name first, and linked only if nobody else was faster: a passphrase must never change.
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  unlessThere(() => {
    linkSync(temporary, file);
  });
  rmSync(temporary);
}

/** Another process may be making the same at the same time. */
function unlessThere(make: () => void): void {
  try {
    make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
