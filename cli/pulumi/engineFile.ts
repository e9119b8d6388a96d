import { readFileSync } from "node:fs";
import type { z } from "zod";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { UserError } from "../terminal/userError.ts";

/**
 * What stands in a file of the engine's backend. Damaged is one that the engine has not written so, as after a power cut; of one
 * that can't be read, nobody knows what stands in it.
 *
 * @throws UserError for that: what the system says, and what to do.
 */
export function readEngineFile<T>(file: string, schema: z.ZodType<T>): T | "absent" | "damaged" {
  const text = readText(file);
  if (text === undefined) return "absent";
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return "damaged";
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw unreadable(file, error);
  }
}

/** For what of the engine's can't be read though it is there. */
export function unreadable(path: string, error: unknown): UserError {
  const { code } = error as NodeJS.ErrnoException;
  const fix =
    code === "EACCES" || code === "EPERM"
      ? "it is another user's, as after sudo: work as that user, or make it yours (sudo chown)"
      : "mend that, then try again";
  return new UserError(`${path}, which is the engine's, can't be read (${messageOf(error)}); ${fix}`);
}
