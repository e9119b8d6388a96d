import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ProviderError } from "../../kit/errors.ts";
import { remoteOfUri, sshArguments, sshProgram } from "../../kit/remoteHost.ts";
import { stackDirectory } from "../../kit/stateDirectory.ts";
import { writePrivate } from "./files.ts";
import { controlDirectory } from "./sshConfig.ts";

/** Seconds that the connection to a host stays when nobody uses it. */
const idleSeconds = 60;

/** A machine that is reached through the host it runs on. */
export interface Jump {
  stack: string;
  machine: string;
  address: string;
  /** libvirt URI of its host, by ssh. */
  through?: string;
}

/** One file a machine, which the stack's configuration includes: so that one more machine touches no other's way. */
const fileOf = ({ stack, machine }: Jump): string => join(stackDirectory(stack), "jumps", `${machine}.conf`);

/** What ssh has to know of the machine's way; undefined where it goes there as the stack's configuration says. */
export function jumpConfiguration({ stack, address, through }: Jump): string | undefined {
  if (through === undefined) return undefined;
  const remote = remoteOfUri(through);
  if (remote === undefined) throw new ProviderError(`through: "${through}" names no host by ssh`);
  const control = `${controlDirectory(stackDirectory(stack))}/%C`;
  const [host = "", ...options] = sshArguments(remote, { path: control, persistSeconds: idleSeconds }).reverse();
  const args = [...options.reverse(), "-W", "%h:%p", host];
  const command = [sshProgram(remote), ...args].map((arg) => (arg === "%h:%p" ? arg : word(arg))).join(" ");
  return `Host ${address}\n  ProxyCommand ${command}\n`;
}

/** ssh has a shell run the command, and fills in what "%" stands for: twice as many stand for themselves. */
function word(text: string): string {
  const escaped = text.replaceAll("%", "%%");
  return /^[\w%@/.,:=+-]+$/.test(escaped) ? escaped : `'${escaped.replaceAll("'", String.raw`'\''`)}'`;
}

export function hasJump(jump: Jump): boolean {
  const [file, wanted] = [fileOf(jump), jumpConfiguration(jump)];
  if (wanted === undefined) return !existsSync(file);
  return existsSync(file) && readFileSync(file, "utf8") === wanted;
}

export async function writeJump(jump: Jump): Promise<void> {
  const wanted = jumpConfiguration(jump);
  if (wanted === undefined) return removeJump(jump);
  await mkdir(dirname(fileOf(jump)), { recursive: true, mode: 0o700 });
  await writePrivate(fileOf(jump), wanted);
}

export async function removeJump(jump: Jump): Promise<void> {
  await rm(fileOf(jump), { force: true });
}
