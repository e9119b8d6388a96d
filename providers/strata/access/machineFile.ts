import { readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ProviderError } from "../../kit/plain/errors.ts";
import { shellWord } from "../../kit/plain/shellWord.ts";
import { privateDirectoryCondition } from "../../kit/plain/privateDirectory.ts";
import { remoteOfUri, sshArguments, sshProgram } from "../../kit/plain/remoteHost.ts";
import { stackDirectory } from "../../../local/stateDirectory.ts";
import { sshPath } from "../../kit/plain/sshWord.ts";
import { accessPaths, has, writePrivate } from "./files.ts";
import { controlDirectory, knownHosts } from "./sshConfig.ts";

/** Seconds that the connection to a host stays when nobody uses it. */
const idleSeconds = 60;

/** A machine as the stack's ssh is to know it. */
export interface KnownMachine {
  stack: string;
  machine: string;
  address: string;
  /** The key that it shows, in OpenSSH's format; absent: the one that all machines of an older stack share. */
  hostPublicKey?: string;
  /** URI of the host that it is reached through, by ssh; absent: as the stack's configuration says. */
  through?: string;
}

const extension = ".conf";

/** Files of its own for each machine, which the stack's configuration includes: so that one more touches no other's. */
const fileOf = ({ stack, machine }: KnownMachine): string =>
  join(accessPaths(stack).machines, `${machine}${extension}`);
const keyFileOf = ({ stack, machine }: KnownMachine): string => join(accessPaths(stack).machines, `${machine}.known`);

/** By its name or its address, ssh finds the machine, its key and the way to it. */
export function machineConfiguration(known: KnownMachine): string {
  const { stack, machine, address, hostPublicKey, through } = known;
  const lines = [
    `Host ${machine} ${address}`,
    `  HostName ${address}`,
    ...(hostPublicKey === undefined ? [] : [`  UserKnownHostsFile ${sshPath(keyFileOf(known))}`]),
    ...(through === undefined ? [] : [`  ProxyCommand ${wayThrough(stack, through)}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function wayThrough(stack: string, through: string): string {
  const remote = remoteOfUri(through);
  if (remote === undefined) throw new ProviderError(`through: "${through}" names no host by ssh`);
  const control = controlDirectory(stackDirectory(stack));
  const shared = ["ControlMaster=auto", `ControlPath=${control}/%C`, `ControlPersist=${idleSeconds}`];
  // Of an option that is given twice, ssh takes the first.
  const script =
    `${privateDirectoryCondition(control)} && exec "$0" ${shared.map((option) => `-o ${option}`).join(" ")} "$@"; ` +
    `exec "$0" "$@"`;
  const [host = "", ...options] = sshArguments(remote).reverse();
  const args = ["sh", "-c", script, sshProgram(remote), ...options.reverse(), "-W", "%h:%p", host];
  return args.map((arg) => (arg === "%h:%p" ? arg : word(arg))).join(" ");
}

/** ssh has a shell run the command, and fills in what "%" stands for: twice as many stand for themselves. */
function word(text: string): string {
  return shellWord(text.replaceAll("%", "%%"));
}

export function isKnown(machine: KnownMachine): boolean {
  const { stack, hostPublicKey } = machine;
  if (!has(fileOf(machine), machineConfiguration(machine))) return false;
  return hostPublicKey === undefined || has(keyFileOf(machine), knownHosts({ stack, hostPublicKey }));
}

export async function makeKnown(machine: KnownMachine): Promise<void> {
  const { stack, hostPublicKey } = machine;
  if (hostPublicKey !== undefined) await writePrivate(keyFileOf(machine), knownHosts({ stack, hostPublicKey }));
  await writePrivate(fileOf(machine), machineConfiguration(machine));
}

export async function forget(machine: KnownMachine): Promise<void> {
  for (const file of [fileOf(machine), keyFileOf(machine)]) await rm(file, { force: true });
}

/** The machines of a stack that ssh knows, in the order of their names: those that boot or have booted. */
export function knownMachines(stack: string): { name: string; address: string }[] {
  const { machines } = accessPaths(stack);
  return filesIn(machines)
    .filter((file) => file.endsWith(extension))
    .map((file) => ({
      name: file.slice(0, -extension.length),
      address: /^ {2}HostName (.*)$/m.exec(readFileSync(join(machines, file), "utf8"))?.[1] ?? "",
    }))
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
