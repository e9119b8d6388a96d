import { InvalidArgumentError, type Command } from "commander";
import { statSync } from "node:fs";
import { join } from "node:path";
import { addItem } from "../artifacts/transfer/add.ts";
import { item, itemEntry, items, type Item } from "../artifacts/mirror/item.ts";
import type { Way } from "../artifacts/mirror/obtain.ts";
import { obtainAll, type Obtained } from "../artifacts/mirror/obtainAll.ts";
import { mirroredKinds, select, type Selection } from "../artifacts/software/select.ts";
import { exportItems, importItems } from "../artifacts/transfer/transfer.ts";
import { kindOf } from "../components/kinds/index.ts";
import { cancellable } from "../artifacts/store/cancel.ts";
import { findEntry, readRecord, verifyEntry, type Entry } from "../artifacts/store/entry.ts";
import type { Progress } from "../artifacts/store/progress.ts";
import type { Tell } from "../events/event.ts";
import { artifactEvents } from "./artifactEvents.ts";
import { asCommand, eventLines, eventsOption } from "./events.ts";
import { runInherited } from "./terminal/runInherited.ts";
import { onEndSignal } from "../local/endSignals.ts";
import { UserError } from "./terminal/userError.ts";

interface Json {
  json?: boolean;
}

type Selected = Omit<Selection, "names"> & Json;

/** Whose programs and images these are. */
const software = mirroredKinds.map(([kind]) => kindOf(kind).title).join(" and ");

export function register(program: Command): void {
  const mirror = program
    .command("mirror")
    .description(`what machines are given without the internet: programs and container images of ${software}`)
    .addHelpText(
      "after",
      `
Names are as \`strata mirror list\` shows them: coredns (all its versions) or coredns@1.13.1. Without a name, what the
default version of ${software} needs. More in docs/mirror.md.
`,
    );
  listCommand(mirror);
  obtainCommand(mirror, "pull", ["official", "build"], "get official releases, or build where they can't be reached");
  obtainCommand(mirror, "build", ["build"], "build from Go modules, without asking for official releases");
  verifyCommand(mirror);
  addCommand(mirror);
  serveCommand(mirror);
  transferCommands(mirror);
}

function selecting(command: Command): Command {
  return versioned(command.argument("[names...]", "what it is about"))
    .option("--all", "all that the manifest lists")
    .option("--json", "print machine-readable output");
}

/** Adds an option for each kind of software. */
function versioned(command: Command): Command {
  for (const [kind, { defaultVersion }] of mirroredKinds) {
    command.option(`--${kind} <version>`, `what this version of ${kindOf(kind).title} needs: ${defaultVersion}`);
  }
  return command;
}

function listCommand(mirror: Command): void {
  mirror
    .command("list")
    .description("list what there is, and what of it is in the store")
    .option("--json", "print machine-readable output")
    .action(({ json }: Json) => {
      const rows = items().map((listed) => row(listed, findEntry(itemEntry(listed))));
      print(
        json,
        rows,
        rows.map(({ name, version, kind, state, source, bytes, image }) =>
          [
            name.padEnd(24),
            version.padEnd(10),
            kind.padEnd(6),
            state.padEnd(8),
            source.padEnd(9),
            megabytes(bytes).padStart(8),
            ` ${image}`,
          ].join(" "),
        ),
      );
    });
}

function obtainCommand(mirror: Command, name: "pull" | "build", ways: readonly Way[], description: string): void {
  selecting(mirror.command(name).description(description))
    .option("--jobs <n>", "how many at a time", positive, 4)
    .addOption(eventsOption())
    .action(async (names: string[], options: Selected & { jobs: number; events?: boolean }) => {
      const tell = options.events ? eventLines(`mirror ${name}`) : undefined;
      await asCommand(`mirror ${name}`, tell, async () => {
        await obtainSelected({ ...options, names }, ways, tell);
        return { exitStatus: 0 };
      });
    });
}

interface Obtain extends Selection, Json {
  jobs: number;
}

/** @throws UserError with the reason of each that can't be had. */
async function obtainSelected(options: Obtain, ways: readonly Way[], tell: Tell | undefined): Promise<void> {
  const stop = new AbortController();
  onEndSignal(() => {
    stop.abort();
  });
  const wanted = select(options);
  const titles = wanted.map(({ title }) => title);
  const { progress, done } = tell ? artifactEvents(tell, titles) : shown(options.json);
  const obtained = await cancellable(stop.signal, () => obtainAll(wanted, ways, options.jobs, progress, done));
  const rows = obtained.map((one) =>
    "entry" in one
      ? row(one.item, one.entry)
      : { name: one.item.name, version: one.item.version, state: "failed", reason: one.reason },
  );
  const failed = obtained.flatMap((one) => ("entry" in one ? [] : [one.reason]));
  if (tell === undefined) print(options.json, rows, failed.length === 0 ? [`${obtained.length} ready`] : []);
  if (failed.length > 0) throw new UserError(failed.join("\n"));
}

/** How artifacts are told of to people; to programs that want the outcome alone, not at all. */
function shown(json: boolean | undefined): { progress?: Progress; done?: (one: Obtained) => void } {
  if (json) return {};
  const done = (one: Obtained): void => {
    process.stderr.write("entry" in one ? `${one.item.title}: ready\n` : `${one.item.title}: failed\n`);
  };
  return { progress: showProgress, done };
}

function verifyCommand(mirror: Command): void {
  mirror
    .command("verify")
    .description("compute every checksum of what is in the store anew")
    .option("--json", "print machine-readable output")
    .action(({ json }: Json) => {
      const entries = items().map((listed) => ({ listed, entry: verifyEntry(itemEntry(listed)) }));
      const there = entries.filter(({ entry }) => entry.state !== "missing");
      const damaged = there.filter(({ entry }) => entry.state === "corrupt");
      print(
        json,
        there.map(({ listed, entry }) => row(listed, entry)),
        [`${there.length - damaged.length} of ${there.length} are as they were recorded`],
      );
      if (damaged.length === 0) return;
      const lines = damaged.map(({ listed, entry }) => `${listed.title}: ${entry.problem ?? "damaged"}`);
      throw new UserError(
        `${lines.join("\n")}\nDamaged copies are not served. Get them anew: strata mirror pull ${damaged.map(({ listed }) => `${listed.name}@${listed.version}`).join(" ")}`,
      );
    });
}

function addCommand(mirror: Command): void {
  mirror
    .command("add")
    .description("bring files yourself: programs by their names, or the OCI archive of an image")
    .argument("<name>", "as `strata mirror list` shows it")
    .argument("<version>")
    .argument("<files...>")
    .option("--sha256 <hex>", "the publisher's checksum of the one file")
    .option("--as-is", "take them without a checksum; records say so")
    .option("--json", "print machine-readable output")
    .action(
      async (name: string, version: string, files: string[], options: { sha256?: string; asIs?: boolean } & Json) => {
        const wanted = item(name, version);
        const entry = await addItem({ item: wanted, files, sha256: options.sha256, asIs: options.asIs ?? false });
        print(options.json, row(wanted, entry), [`${wanted.title}: added`]);
      },
    );
}

function serveCommand(mirror: Command): void {
  mirror
    .command("serve")
    .description("serve the store: an OCI registry at /v2/, files at /files/; until Ctrl-C")
    .requiredOption("--address <address>", "one address of this host; never all of them")
    .option("--port <port>", "0: any free one", "5000")
    .action(async ({ address, port }: { address: string; port: string }) => {
      const main = join(import.meta.dirname, "../artifacts/serve/main.ts");
      process.exitCode = await runInherited(process.execPath, [main, "--address", address, "--port", port]);
    });
}

function transferCommands(mirror: Command): void {
  versioned(mirror.command("export"))
    .description("write what is in the store into one archive, for a site without internet")
    .argument("<file>")
    .argument("[names...]", "what to put in; by default all that is there")
    .option("--json", "print machine-readable output")
    .action(async (file: string, names: string[], options: Selected) => {
      const all = names.length === 0 && mirroredKinds.every(([kind]) => options[kind] === undefined);
      const exported = await exportItems(select({ ...options, names, all }), file);
      const left = all ? [] : exported.left.map((line) => `not in it: ${line}`);
      print(options.json, { ...exported, left: all ? [] : exported.left }, [
        ...left,
        `${file}: ${exported.items.length} items, ${megabytes(statSync(file).size)}`,
        `there: strata mirror import --sha256 ${exported.sha256} ${file}`,
      ]);
    });
  mirror
    .command("import")
    .description("take what an archive holds into the store, each file checked first")
    .argument("<file>")
    .option("--sha256 <hex>", "the archive's checksum, as export printed it")
    .option("--json", "print machine-readable output")
    .addOption(eventsOption())
    .action(async (file: string, options: { sha256?: string; events?: boolean } & Json) => {
      if (options.events) {
        const tell = eventLines("mirror import");
        await asCommand("mirror import", tell, async () => {
          const { unknown } = await importItems(file, options.sha256, artifactEvents(tell));
          for (const text of notImported(unknown)) tell({ kind: "message", severity: "warning", text });
          return { exitStatus: 0 };
        });
        return;
      }
      const imported = await importItems(file, options.sha256, options.json ? {} : { progress: showProgress });
      print(options.json, imported, [
        ...notImported(imported.unknown),
        `${imported.items.length} imported, ${imported.present.length} were there`,
      ]);
    });
}

function row(listed: Item, { state, problem, directory, key }: Entry) {
  const record = state === "ready" ? readRecord(itemEntry(listed)) : undefined;
  const files = Object.values(record?.files ?? {});
  return {
    name: listed.name,
    version: listed.version,
    kind: listed.kind,
    image: listed.kind === "image" ? listed.image : "",
    state,
    ...(problem === undefined ? {} : { problem }),
    source: typeof record?.source === "string" ? record.source : "",
    from: typeof record?.from === "string" ? record.from : "",
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    key,
    directory,
  };
}

const notImported = (titles: readonly string[]): string[] =>
  titles.map((title) => `not imported: ${title}, as another version of Strata has it`);

const showProgress: Progress = ({ text }, what) => {
  process.stderr.write(`${what}: ${text}\n`);
};

function print(json: boolean | undefined, value: unknown, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(""));
}

function megabytes(bytes: number): string {
  return bytes === 0 ? "" : `${(bytes / 1e6).toFixed(1)} MB`;
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("It is a whole number from 1 on.");
}
