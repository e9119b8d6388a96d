import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { writeWhole } from "../../local/writeWhole.ts";
import type { Took } from "./times.ts";

/** Of a part so many states are kept in which it passed: checkouts beside each other, branches. */
const keptPasses = 8;
/** Files are renamed and removed; those that ran last stay. */
const keptParts = 400;

const passedSchema = z.record(
  z.string(),
  z.object({
    seconds: z.number(),
    patience: z.number(),
    /** The newest first. */
    passes: z.array(z.object({ inputs: z.string(), at: z.string() })),
  }),
);

type Parts = z.infer<typeof passedSchema>;

/** A part that passed. */
export interface Pass extends Took {
  name: string;
  /** Hash of all that it depends on. */
  inputs: string;
}

/** What parts took on this machine, and in which states of what they depend on they passed. In the cache: every checkout has it. */
export class Passed {
  readonly #file: string;

  constructor(file = join(cacheDirectory(), "checks", "passed.json")) {
    this.#file = file;
  }

  /** When it passed with these inputs. */
  at(name: string, inputs: string): Date | undefined {
    const pass = this.#read()[name]?.passes.find((one) => one.inputs === inputs);
    return pass && new Date(pass.at);
  }

  took(name: string): Took | undefined {
    return this.#read()[name];
  }

  /** Two runs that end at the same moment may lose one's note: its parts run once more. */
  note(passes: readonly Pass[], now = new Date()): void {
    const before = this.#read();
    const noted = passes.map(({ name, inputs, seconds, patience }): [string, Parts[string]] => {
      const others = (before[name]?.passes ?? []).filter((one) => one.inputs !== inputs);
      return [name, { seconds, patience, passes: [{ inputs, at: now.toISOString() }, ...others].slice(0, keptPasses) }];
    });
    const names = new Set(passes.map(({ name }) => name));
    const others = Object.entries(before).filter(([name]) => !names.has(name));
    mkdirSync(dirname(this.#file), { recursive: true });
    const kept = Object.fromEntries([...noted, ...others].slice(0, keptParts));
    writeWhole(this.#file, `${JSON.stringify(kept, null, 1)}\n`);
  }

  /** Nothing where it can't be read: all runs, and is written anew. */
  #read(): Parts {
    try {
      return passedSchema.parse(JSON.parse(readFileSync(this.#file, "utf8")));
    } catch {
      return {};
    }
  }
}
