import { spawnSync } from "node:child_process";
import { testUnless } from "./describeUnless.ts";
import { patient } from "./patience.ts";

/** A user that is not this one, and owns nothing: nobody. Only root can act as it, or give it a file. */
export const otherUser = 65_534;

const noOtherUser = process.getuid?.() === 0 ? undefined : "another user can only be played by root";

/** A test that acts as another user. */
export const asRoot = (title: string, run: Parameters<typeof testUnless>[2]): void => {
  testUnless(noOtherUser, title, run);
};

/** Runs a program in Python as the other user. @returns what it printed. */
export function pythonAsOtherUser(program: string): string {
  const identity = [`--reuid=${otherUser}`, `--regid=${otherUser}`, "--clear-groups"];
  const { stdout, stderr, error } = spawnSync("setpriv", [...identity, "python3", "-I", "-c", program], {
    encoding: "utf8",
    timeout: patient(60_000),
    cwd: "/",
    // The first python3 on root's PATH may be in root's home.
    env: { PATH: "/usr/bin:/bin" },
  });
  if (error !== undefined) throw error;
  return stdout + stderr;
}
