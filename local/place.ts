import { mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf, ProviderError } from "../providers/kit/plain/errors.ts";
import { originOf } from "../providers/kit/plain/origin.ts";
import { leaseFile } from "./embeddedHost.ts";
import { stackDirectory, stackFileName, stateDirectory } from "./stateDirectory.ts";
import { writeWhole } from "./writeWhole.ts";

/** What was answered when a stack was first built, and holds until it is destroyed. */
export interface Place {
  /** What its names on hosts end with, so that they are no other user's or checkout's; empty: it was made before names did. */
  id: string;
  /** Which libvirtd of this machine it is on; absent: on others, or not decided yet. */
  host?: "system" | "embedded";
}

/** Not in the stack's folder: keys that are lost and made again must not take the machines' names along. */
export const placeFile = (stack: string): string => join(stateDirectory(), "places", `${stackFileName(stack)}.json`);

/**
 * The place of new stacks: where this state directory is. Computed and not drawn by lot, so that a preview, which writes
 * nothing, and the `up` after it plan the same.
 */
export function placeHere(): string {
  return originOf(stateDirectory());
}

/** The stack's place: as it was first answered while anything of the stack is there, else that of new stacks. */
export function placeOf(stack: string): Place {
  const leased = exists(leaseFile(stack));
  // Its credentials are among the first that is made and the last that is deleted.
  const built = leased || ["id_ed25519", "ssh_config"].some((name) => exists(join(stackDirectory(stack), name)));
  if (!built) return { id: placeHere() };
  return recordedPlace(stack) ?? { id: "", host: leased ? "embedded" : "system" };
}

/** What is recorded of a stack's place; undefined where nothing is. */
export function recordedPlace(stack: string): Place | undefined {
  const file = placeFile(stack);
  if (!exists(file)) return undefined;
  try {
    const { id, host } = JSON.parse(readFileSync(file, "utf8")) as Partial<Record<keyof Place, unknown>>;
    if (typeof id === "string" && /^([0-9a-f]{8})?$/.test(id)) {
      return host === "system" || host === "embedded" ? { id, host } : { id };
    }
    throw new ProviderError("it has no id");
  } catch (error) {
    throw new ProviderError(
      `${file}, which says what stack ${stack}'s machines are called on their host, can't be read (${messageOf(error)}); ` +
        `write {"id":"..."} into it, with what their names in \`virsh list --all\` have after the @ (nothing: "")`,
    );
  }
}

/** Keeps the answer for all later runs. */
export function recordPlace(stack: string, { id, host }: Place): void {
  const text = `${JSON.stringify({ id, host })}\n`;
  if (exists(placeFile(stack)) && readFileSync(placeFile(stack), "utf8") === text) return;
  mkdirSync(dirname(placeFile(stack)), { recursive: true, mode: 0o700 });
  writeWhole(placeFile(stack), text, 0o600);
}

/** Not `existsSync`, which takes what it may not look at for absent. */
function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
