import { execa } from "execa";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { placeHere } from "../../local/place.ts";
import { stateDirectory } from "../../local/stateDirectory.ts";
import { writeWhole } from "../../local/writeWhole.ts";
import { projectDirectory } from "../pulumi/run.ts";
import { UserError } from "../terminal/userError.ts";
import { timerUnits, type Units } from "./timer.ts";

/** systemd answers soon, or not at all. */
const limitMs = 30_000;

/** Of this state directory, as this command was started. */
export function unitsHere(): Units {
  const { STRATA_CACHE: cache, PATH: path = "" } = process.env;
  return timerUnits(placeHere(), join(projectDirectory, "strata"), {
    PATH: path,
    STRATA_STATE: stateDirectory(),
    ...(cache === undefined ? {} : { STRATA_CACHE: cache }),
  });
}

/** Where a user's own units are. */
export const unitDirectory = (): string =>
  join(process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "systemd/user");

/** Writes the units and starts the timer. @throws UserError where this user has no systemd that answers. */
export async function installTimer(): Promise<void> {
  const units = unitsHere();
  const directory = unitDirectory();
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(units)) writeWhole(join(directory, name), text, 0o644);
  const timer = Object.keys(units).find((name) => name.endsWith(".timer")) ?? "";
  try {
    await execa("systemctl", ["--user", "daemon-reload"], { timeout: limitMs });
    await execa("systemctl", ["--user", "enable", "--now", timer], { timeout: limitMs });
  } catch (error) {
    throw new UserError(
      `the units are in ${directory}, but systemd did not start them (${messageOf(error)}); log in so that this user has a ` +
        `systemd, then: systemctl --user enable --now ${timer}`,
    );
  }
}
