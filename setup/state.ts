import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { backendDirectory, passphraseFile } from "./environment.ts";

/** Makes the engine's file backend and its passphrase, where they are not there yet. */
export function prepareState(): void {
  mkdirSync(backendDirectory(), { recursive: true });
  const file = passphraseFile();
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  // Complete under another name first, and linked only if nobody else was faster: a passphrase must never change.
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(temporary);
  }
}
