import { readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ProviderError } from "../../kit/errors.ts";
import { remoteOfUri, sshArguments, sshProgram } from "../../kit/remoteHost.ts";
import { stackDirectory } from "../../kit/stateDirectory.ts";
import { accessPaths, has, writePrivate } from "./files.ts";
import { controlDirectory } from "./sshConfig.ts";

/** Seconds that the connection to a host stays when nobody uses it. */
const idleSeconds = 60;

/** A machine as the stack's ssh is to know it. */
export interface KnownMachine {
  stack: string;
  machine: string;
  address: string;
  /** libvirt URI of the host that it is reached through, by ssh; absent: as the stack's configuration says. */
  through?: string;
}

const extension = ".conf";

/** One file a machine, which the stack's configuration includes: so that one more machine touches no other's. */
const fileOf = ({ stack, machine }: KnownMachine): string =>
  join(accessPaths(stack).machines, `${machine}${extension}`);

/** By its name or its address, ssh finds the machine and the way to it. */
export function machineConfiguration({ stack, machine, address, through }: KnownMachine): string {
  const host = `Host ${machine} ${address}\n  HostName ${address}\n`;
  return through === undefined ? host : `${host}  ProxyCommand ${wayThrough(stack, through)}\n`;
}

function wayThrough(stack: string, through: string): string {
  const remote = remoteOfUri(through);
  if (remote === undefined) throw new ProviderError(`through: "${through}" names no host by ssh`);
  const control = `${controlDirectory(stackDirectory(stack))}/%C`;
  const [host = "", ...options] = sshArguments(remote, { path: control, persistSeconds: idleSeconds }).reverse();
  const args = [...options.reverse(), "-W", "%h:%p", host];
  return [sshProgram(remote), ...args].map((arg) => (arg === "%h:%p" ? arg : word(arg))).join(" ");
}

/** ssh has a shell run the command, and fills in what "%" stands for: twice as many stand for themselves. */
function word(text: string): string {
  const escaped = text.replaceAll("%", "%%");
  return /^[\w%@/.,:=+-]+$/.test(escaped) ? escaped : `'${escaped.replaceAll("'", String.raw`'\''`)}'`;
}

export function isKnown(machine: KnownMachine): boolean {
  return has(fileOf(machine), machineConfiguration(machine));
}

export async function makeKnown(machine: KnownMachine): Promise<void> {
  await writePrivate(fileOf(machine), machineConfiguration(machine));
}

export async function forget(machine: KnownMachine): Promise<void> {
  await rm(fileOf(machine), { force: true });
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
