import type { Command } from "commander";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { Tell } from "../events/event.ts";
import { asCommand, eventLines, eventsOption } from "./events.ts";
import { listSnapshots, listText, showText } from "./snapshots/list.ts";
import { snapshotDirectory } from "./snapshots/folder.ts";
import { restoreSnapshot, usableRecord } from "./snapshots/restore.ts";
import { saveSnapshot } from "./snapshots/save.ts";
import { progressOf } from "./snapshots/progress.ts";
import { agree } from "./testbed/consent.ts";
import { asObserver, asOwner } from "./testbed/owner.ts";
import { interruptible } from "../benchmarks/run/interrupt.ts";
import { UserError } from "./terminal/userError.ts";

export function register(program: Command): void {
  const snapshot = program
    .command("snapshot")
    .description("save a testbed that is up with its machines' memory, and bring it back in seconds")
    .addHelpText(
      "after",
      "\nExamples:\n  strata snapshot save quickstart before-load\n  strata snapshot restore quickstart before-load\n",
    );
  snapshot
    .command("save <stack> <name>")
    .description("save it; its machines stand still meanwhile, for seconds")
    .addOption(eventsOption())
    .action(async (stack: string, name: string, { events }: { events?: boolean }) => {
      await save(stack, name, events ? eventLines("snapshot save") : undefined);
    });
  snapshot
    .command("restore <stack> <name>")
    .description("bring it back as it was saved; what is there of it now is lost")
    .option("-y, --yes", "do not ask first")
    .addOption(eventsOption())
    .action(async (stack: string, name: string, { yes, events }: { yes?: boolean; events?: boolean }) => {
      await restore(stack, name, { yes, tell: events ? eventLines("snapshot restore") : undefined });
    });
  snapshot
    .command("list [stack]")
    .description("list the snapshots of a testbed, or of all")
    .option("--json", "print machine-readable output")
    .action((stack: string | undefined, { json }: { json?: boolean }) => {
      const found = listSnapshots(stack);
      process.stdout.write(json ? `${JSON.stringify(found)}\n` : listText(found));
    });
  snapshot
    .command("show <stack> <name>")
    .description("show what a snapshot has, and whether it can be used")
    .option("--json", "print machine-readable output")
    .action((stack: string, name: string, { json }: { json?: boolean }) => {
      const found = listSnapshots(stack).find((one) => one.name === name);
      if (found === undefined) throw new UserError(`there is no snapshot ${name} of ${stack}`);
      process.stdout.write(json ? `${JSON.stringify(found)}\n` : showText(found));
    });
  snapshot
    .command("remove <stack> <name...>")
    .description("remove snapshots; the testbed stays as it is")
    .action(async (stack: string, names: string[]) => {
      await remove(stack, names);
    });
}

async function save(stack: string, name: string, tell: Tell | undefined): Promise<void> {
  // Before anything is done: it may be no name, or that of one that is wanted still.
  if (existsSync(snapshotDirectory(stack, name))) {
    throw new UserError(
      `there is a snapshot ${name} of ${stack}; choose another name, or remove it first: ./strata snapshot remove ${stack} ${name}`,
    );
  }
  process.exitCode = await asCommand("snapshot save", tell, async () => {
    const progress = progressOf(stack, "save", tell);
    const seconds = await asObserver("snapshot save", stack, (signal) =>
      saveSnapshot(stack, name, { tell: progress, signal }),
    );
    if (tell === undefined) {
      process.stdout.write(
        `Saved ${stack} as ${name}; its machines stood still for ${seconds.toFixed(1)} s.\n` +
          `Bring it back as it is now: ./strata snapshot restore ${stack} ${name}\n`,
      );
    }
    return { exitStatus: 0 };
  });
}

interface RestoreFlags {
  yes?: boolean;
  tell?: Tell;
}

async function restore(stack: string, name: string, { yes, tell }: RestoreFlags): Promise<void> {
  const { createdAt } = usableRecord(stack, name);
  if (!yes) {
    if (!process.stdin.isTTY) throw new UserError("what is there of the testbed now would be lost; agree by --yes");
    process.stderr.write(`${stack} becomes what it was at ${createdAt}; what has happened to it since is lost.\n`);
    await agree(tell);
  }
  process.exitCode = await asCommand("snapshot restore", tell, () =>
    asOwner("snapshot restore", stack, async () => {
      const progress = progressOf(stack, "restore", tell);
      await interruptible((signal) => restoreSnapshot(stack, name, { tell: progress, signal }));
      if (tell === undefined) {
        process.stdout.write(`${stack} is as it was at ${createdAt}. What its file says since: ./strata up ${stack}\n`);
      }
      return { exitStatus: 0 };
    }),
  );
}

async function remove(stack: string, names: readonly string[]): Promise<void> {
  const known = listSnapshots(stack).map(({ name }) => name);
  const missing = names.filter((name) => !known.includes(name));
  if (missing.length > 0) {
    throw new UserError(
      `there is no snapshot ${missing.join(", ")} of ${stack}${known.length > 0 ? `; there are: ${known.join(", ")}` : ""}`,
    );
  }
  await asOwner("snapshot remove", stack, async () => {
    for (const name of names) await rm(snapshotDirectory(stack, name), { recursive: true, force: true });
  });
}
