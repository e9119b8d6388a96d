import { execFileSync } from "node:child_process";
import { ArtifactError } from "../store/errors.ts";

/**
 * What to put before a command that must run as root: nothing for root, sudo where it asks for no password.
 *
 * @throws ArtifactError otherwise, with the fix.
 */
export function rootPrefix(): string[] {
  if (process.getuid?.() === 0) return [];
  try {
    execFileSync("sudo", ["--non-interactive", "true"], { stdio: "ignore" });
    return ["sudo", "--non-interactive", "--preserve-env"];
  } catch {
    throw new ArtifactError(
      "a machine image is built as root (it installs packages into a root file system); run `sudo --validate` first, then try again",
    );
  }
}
