import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { originOf } from "../providers/kit/plain/origin.ts";
import { cacheDirectory } from "./cacheDirectory.ts";
import { markUsed } from "./cacheUse.ts";
import { stackFileName, stateDirectory } from "./stateDirectory.ts";
import { writeWhole } from "./writeWhole.ts";

const schema = z.object({
  /** The state directory that has the stack. */
  state: z.string(),
  stack: z.string(),
  /** Key of the machine image that its machines start from, where there is one. */
  image: z.string().optional(),
  /** Whether its machines may fetch artifacts from the mirror at any time. */
  mirror: z.boolean(),
});

/** What a stack that exists uses of the cache. */
export type StackUse = z.infer<typeof schema>;

/** In the cache, which all checkouts of a user share, by the place of each. */
const directory = (): string => join(cacheDirectory(), "used", "stacks");

/** Notes what a stack uses, whether or not its machines are there yet. */
export function recordStackUse(stack: string, { image, mirror }: Pick<StackUse, "image" | "mirror">): void {
  const use: StackUse = { state: stateDirectory(), stack, ...(image === undefined ? {} : { image }), mirror };
  mkdirSync(directory(), { recursive: true });
  writeWhole(join(directory(), `${originOf(use.state)}-${stackFileName(stack)}.json`), `${JSON.stringify(use)}\n`);
  if (image !== undefined) markUsed("images", image);
}

/** What the stacks use that exist. Records of those that have gone go with this look. */
export function stackUses(): StackUse[] {
  return filesIn(directory()).flatMap((name) => {
    const file = join(directory(), name);
    const use = read(file);
    if (use !== undefined && isThere(use)) return [use];
    rmSync(file, { force: true });
    return [];
  });
}

/** Its keys are among the first that is made of a stack and the last that is deleted. */
function isThere({ state, stack }: StackUse): boolean {
  return ["stacks/S/id_ed25519", "stacks/S/ssh_config", "host/leases/S"].some((path) => {
    try {
      return statSync(join(state, path.replace("S", stack)), { throwIfNoEntry: false }) !== undefined;
    } catch {
      // What may not be looked at may be there.
      return true;
    }
  });
}

function read(file: string): StackUse | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

function filesIn(path: string): string[] {
  try {
    return readdirSync(path)
      .filter((name) => name.endsWith(".json") && !name.startsWith("."))
      .sort();
  } catch {
    return [];
  }
}
