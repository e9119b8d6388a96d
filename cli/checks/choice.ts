import { readFileSync } from "node:fs";
import { join } from "node:path";
import { recipeHash } from "../../setup/hash.ts";
import type { Check } from "./check.ts";
import { inputsOf } from "./inputs.ts";
import type { Passed } from "./passed.ts";
import { leftOut, notInTime, type Part } from "./plan.ts";
import type { Preparation } from "./preparation.ts";
import { estimate } from "./times.ts";
import { readTree } from "./tree.ts";

export interface ChoiceOptions {
  /** Of the checkout. */
  root: string;
  passed: Passed;
  /** All runs, whatever passed before. */
  all: boolean;
  /** How many times as long as on the machine of reference things take here. */
  patience: number;
  /** What of this machine can change how a test ends. */
  machine: () => Promise<string>;
  /** What is left of the budget, in seconds; Infinity without one. */
  secondsLeft: () => number;
  /** What parts need beside setup, by their names. */
  preparations: ReadonlyMap<string, Preparation>;
}

/** Of a run of `strata test`: what it leaves out, and what it remembers for the next one. */
export class Choice {
  readonly #options: ChoiceOptions;
  #machine: Promise<string> | undefined;

  constructor(options: ChoiceOptions) {
    this.#options = options;
  }

  /** Why parts of a suite are not run, by name; the others run. */
  async leftOut(check: Check, names: readonly string[]): Promise<Map<string, string>> {
    return leftOut(await this.#parts(check, names), this.#options.secondsLeft());
  }

  async #parts(check: Check, names: readonly string[]): Promise<Part[]> {
    const { passed, all, patience, preparations } = this.#options;
    const inputs = all ? new Map<string, string>() : await this.inputs(names);
    return Promise.all(
      names.map(async (name) => ({
        name,
        always: !check.optional?.(name),
        seconds: this.#seconds(check, name),
        needs: ((await preparations.get(name)?.missingSeconds()) ?? 0) * patience,
        passed: passed.at(name, inputs.get(name) ?? ""),
        command: commandOf(check, name),
      })),
    );
  }

  #seconds(check: Check, name: string): number {
    const { passed, patience } = this.#options;
    return estimate(name, passed.took(name), patience) / (check.filesAtATime ?? 1);
  }

  /**
   * Begins to get what parts need that will run by the plan, beside those that run before them.
   *
   * @param suites in their order, with the names of their parts.
   * @param tell is told what is got.
   */
  async begin(
    suites: readonly (readonly [Check, readonly string[]])[],
    tell: (text: string) => unknown,
  ): Promise<void> {
    const { preparations, secondsLeft } = this.#options;
    const parts = (await Promise.all(suites.map(([check, names]) => this.#parts(check, names)))).flat();
    const reasons = leftOut(parts, secondsLeft());
    for (const { name, needs } of parts) {
      const preparation = preparations.get(name);
      if (preparation === undefined || needs === 0 || reasons.has(name)) continue;
      tell(`${preparation.title} is got beside the suites that need none of it, for ${name}\n`);
      await preparation.begin();
    }
  }

  /**
   * Waits until what parts need is there.
   *
   * @returns why parts are left out all the same, by name: it has not come in time.
   * @throws Error when it can't be had.
   */
  async late(check: Check, names: readonly string[], tell: (text: string) => unknown): Promise<Map<string, string>> {
    const { preparations, secondsLeft } = this.#options;
    const reasons = new Map<string, string>();
    for (const name of names) {
      const preparation = preparations.get(name);
      if (preparation === undefined) continue;
      const seconds = this.#seconds(check, name);
      const onWait = (): unknown => tell(`waiting for ${preparation.title}, which ${name} needs\n`);
      if (await preparation.within(secondsLeft() - seconds, onWait)) continue;
      const command = commandOf(check, name);
      reasons.set(name, `${name}: ${notInTime(preparation.title, command)}`);
    }
    return reasons;
  }

  /** Hashes of all that parts depend on, by name. */
  async inputs(names: readonly string[]): Promise<Map<string, string>> {
    const { root, machine } = this.#options;
    if (names.length === 0) return new Map();
    // Only now: setup, which installs some of it, comes first.
    const facts = await (this.#machine ??= machine());
    const tree = readTree(root);
    const texts = new Map<string, string>();
    const textOf = (path: string): string => {
      const text = texts.get(path) ?? readFileSync(join(root, path), "utf8");
      texts.set(path, text);
      return text;
    };
    const hashOf = (name: string): string =>
      recipeHash([facts, ...inputsOf(name, tree, textOf).flatMap((path) => [path, tree.get(path) ?? ""])]);
    return new Map(names.map((name) => [name, hashOf(name)]));
  }

  /**
   * Remembers what passed, unless what it depends on was edited meanwhile.
   *
   * @param before `inputs` from before the run.
   * @param whole parts of which each test was made and passed, and the seconds that they took.
   */
  async remember(before: ReadonlyMap<string, string>, whole: ReadonlyMap<string, number>): Promise<void> {
    const { passed, patience } = this.#options;
    const after = await this.inputs([...before.keys()]);
    const unchanged = [...before].filter(([name, hash]) => after.get(name) === hash);
    const passes = unchanged.flatMap(([name, inputs]) => {
      const seconds = whole.get(name);
      return seconds === undefined ? [] : [{ name, inputs, seconds, patience }];
    });
    if (passes.length > 0) passed.note(passes);
  }
}

const commandOf = (check: Check, name: string): string =>
  `./strata test ${check.name}${name === check.name ? "" : ` --filter ${name}`}`;
