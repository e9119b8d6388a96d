import { InvalidArgumentError, Option, type Command } from "commander";
import { parseQuantity } from "../components/experiment/units.ts";
import type { Item, Tell } from "../events/event.ts";
import { stopwatch } from "../events/stamp.ts";
import { messageOf } from "../providers/kit/plain/errors.ts";
import { agree } from "./testbed/consent.ts";
import { asCommand, eventLines, eventsOption } from "./events.ts";
import { installTimer, unitDirectory, unitsHere } from "./gc/installTimer.ts";
import type { Leftover, LeftoverKind } from "./gc/leftover.ts";
import { planDue, planRoom, type GcPlan } from "./gc/plan.ts";
import { gcText, reasonOf } from "./gc/show.ts";
import { leftoverKinds } from "./gc/table.ts";
import { isInterrupt } from "./terminal/reportError.ts";
import { say } from "./terminal/say.ts";

const defaultKeep = "20 GiB";

interface GcOptions {
  testbeds?: boolean;
  cache?: boolean;
  /** Bytes. */
  keep: number;
  yes?: boolean;
  json?: boolean;
  events?: boolean;
}

export function register(program: Command): void {
  program
    .command("gc")
    .description("take away testbeds that outlived their lease, and old parts of the cache")
    .option("--testbeds", "only testbeds, and machines whose testbed's state is gone")
    .option("--cache", "only the cache (~/.cache/strata)")
    .addOption(
      new Option("--keep <size>", "what the cache may have; what was not used for longest goes first")
        .argParser(keep)
        .default(keep(defaultKeep), defaultKeep),
    )
    .option("-y, --yes", "do not ask first")
    .option("--json", "print machine-readable output; without --yes it only lists")
    .addOption(eventsOption())
    .option("--timer", "print a systemd timer that does this each hour, and do nothing else")
    .option("--install", "with --timer: install and start it, for this user")
    .addHelpText(
      "after",
      `
What is in use stays, and what is not provably this user's. Without --yes it asks; where nobody can answer, it only lists.

Exit status: 0 done, 1 something could not be taken away, 130 interrupted.

Examples:
  strata gc
  strata gc --cache --keep 5GiB --yes
  strata gc --timer --install
`,
    )
    .action(async ({ timer, install, ...options }: GcOptions & { timer?: boolean; install?: boolean }) => {
      if (timer) return printTimer(install === true);
      const tell = options.events ? eventLines("gc") : undefined;
      process.exitCode = await asCommand("gc", tell, async () => ({ exitStatus: await gc(options, tell) }));
    });
}

async function gc({ testbeds, cache, keep: keepBytes, yes, json }: GcOptions, tell: Tell | undefined): Promise<number> {
  const all = testbeds === cache;
  const list = async (of: LeftoverKind["of"]): Promise<Leftover[]> => {
    if (!all && !(of === "testbeds" ? testbeds : cache)) return [];
    const lists = await Promise.all(leftoverKinds.filter((kind) => kind.of === of).map((kind) => kind.list()));
    return lists.flat();
  };
  const plan = { testbeds: planDue(await list("testbeds")), cache: planRoom(await list("cache"), keepBytes) };
  const go = [...plan.testbeds.go, ...plan.cache.go];
  if (!json && tell === undefined) process.stdout.write(gcText(plan.testbeds, plan.cache, keepBytes));
  for (const one of go) tell?.({ kind: "planned", item: itemOf(one, plan), operation: "delete", changes: [] });
  const done = (await agreed(go, { yes, json }, tell)) ? await removeAll(go, plan, json ? () => undefined : tell) : [];
  const failed = done.filter(({ reason }) => reason !== undefined);
  if (json) process.stdout.write(`${JSON.stringify(reportOf(plan, done))}\n`);
  for (const { what, reason } of failed) say(`${what} stays: ${reason ?? ""}`);
  return failed.some(({ broken }) => broken) ? 1 : 0;
}

async function agreed(
  go: readonly Leftover[],
  { yes, json }: Pick<GcOptions, "yes" | "json">,
  tell: Tell | undefined,
): Promise<boolean> {
  if (go.length === 0) return false;
  if (yes) return true;
  if (json) return false;
  if (process.stdin.isTTY) await agree(tell);
  else say("nothing was taken away, as nobody can be asked here: strata gc --yes");
  return process.stdin.isTTY;
}

/** What became of one thing; without a reason it has gone. */
interface Done {
  what: string;
  bytes: number;
  reason?: string;
  /** It stays though it was to go: else it has come into use meanwhile. */
  broken?: true;
}

type Plans = Record<LeftoverKind["of"], GcPlan>;

async function removeAll(go: readonly Leftover[], plan: Plans, tell: Tell | undefined): Promise<Done[]> {
  const done: Done[] = [];
  for (const one of go) {
    const item = itemOf(one, plan);
    const seconds = stopwatch();
    tell?.({ kind: "started", item, operation: "delete", text: reasonOf(one, Date.now()) });
    const ended = await remove(one, tell);
    done.push(ended);
    const outcome = ended.reason === undefined ? "done" : ended.broken ? "failed" : "blocked";
    tell?.({ kind: "ended", item, operation: "delete", outcome, text: ended.reason, seconds: seconds() });
  }
  return done;
}

async function remove({ what, bytes, remove: goes }: Leftover, tell: Tell | undefined): Promise<Done> {
  try {
    const reason = await goes(tell);
    return { what, bytes, ...(reason === undefined ? {} : { reason }) };
  } catch (error) {
    if (isInterrupt(error)) throw error;
    // One that can't be removed keeps no other.
    return { what, bytes, reason: messageOf(error), broken: true };
  }
}

function itemOf(one: Leftover, plan: Plans): Item {
  return { type: plan.testbeds.go.includes(one) ? "testbed" : "artifact", name: one.what };
}

function reportOf({ testbeds, cache }: Plans, done: readonly Done[]) {
  const shown = ({ what, bytes, lastUsed, inUse, why }: Leftover) => ({
    ...{ what, bytes, inUse, why },
    lastUsed: lastUsed === undefined ? undefined : new Date(lastUsed).toISOString(),
  });
  const gone = done.filter(({ reason }) => reason === undefined);
  return {
    go: [...testbeds.go, ...cache.go].map(shown),
    stay: [...testbeds.stay, ...cache.stay].map(shown),
    gone: gone.map(({ what }) => what),
    failed: done.flatMap(({ what, reason }) => (reason === undefined ? [] : [{ what, reason }])),
    freedBytes: gone.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function printTimer(install: boolean): Promise<void> {
  if (install) {
    await installTimer();
    process.stdout.write(`installed in ${unitDirectory()}: ${Object.keys(unitsHere()).join(", ")}\n`);
    return;
  }
  for (const [name, text] of Object.entries(unitsHere())) {
    process.stdout.write(`# ${unitDirectory()}/${name}\n${text}\n`);
  }
}

function keep(text: string): number {
  const parsed = parseQuantity("memory", text);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.reason}; ${parsed.fix}`);
  return parsed.value * 2 ** 20;
}
