import { existsSync, readdirSync } from "node:fs";
import { isStackName, stateDirectory } from "../../local/stateDirectory.ts";
import { join } from "node:path";
import { spanText } from "../../local/timeSpan.ts";
import { bytesOn } from "../../local/bytesOn.ts";
import { snapshotDirectory, snapshotNames } from "./folder.ts";
import { readRecord } from "./record.ts";

/** A snapshot, for people and programs. */
export interface ListedSnapshot {
  stack: string;
  name: string;
  createdAt?: string;
  machines: string[];
  /** On the disk. */
  bytes: number;
  /** It was made by Strata itself, and goes where room is needed. */
  automatic: boolean;
  /** Why it can't be used, as far as its record says. */
  problem?: string;
}

/** Those of one stack, or all there are. */
export function listSnapshots(stack: string | undefined): ListedSnapshot[] {
  const stacks = stack === undefined ? stacksWithSnapshots() : [stack];
  return stacks.flatMap((of) => snapshotNames(of).map((name) => listed(of, name)));
}

function listed(stack: string, name: string): ListedSnapshot {
  const record = readRecord(stack, name) ?? "its record (snapshot.json) is missing";
  const bytes = bytesOn(snapshotDirectory(stack, name));
  if (typeof record === "string") return { stack, name, machines: [], bytes, automatic: false, problem: record };
  const { createdAt, machines, key } = record;
  return { stack, name, createdAt, machines, bytes, automatic: key !== undefined };
}

function stacksWithSnapshots(): string[] {
  const folder = join(stateDirectory(), "snapshots");
  return existsSync(folder) ? readdirSync(folder).filter(isStackName).sort() : [];
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

export function listText(found: readonly ListedSnapshot[]): string {
  return found
    .map(({ stack, name, createdAt, machines, bytes, automatic, problem }) => {
      const age = createdAt === undefined ? "" : `${spanText((Date.now() - Date.parse(createdAt)) / 1000)} old`;
      const words = problem ?? `${age}, ${machines.length} machines${automatic ? ", made by itself" : ""}`;
      return `${stack.padEnd(16)} ${name.padEnd(24)} ${megabytes(bytes).padStart(8)}  ${words}\n`;
    })
    .join("");
}

export function showText({ stack, name, createdAt, machines, bytes, problem }: ListedSnapshot): string {
  const rows = [
    ["testbed", stack],
    ["snapshot", name],
    ...(createdAt === undefined ? [] : [["saved", createdAt]]),
    ["size", megabytes(bytes)],
    ["machines", machines.join(", ")],
    ["usable", problem ?? "yes, as far as can be seen without its host"],
  ];
  return rows.map(([what = "", value = ""]) => `${what.padEnd(10)} ${value}\n`).join("");
}
