import { execa } from "execa";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ProviderError } from "../../kit/plain/errors.ts";
import { printable } from "../../kit/plain/printable.ts";
import { stackDirectory } from "../../../local/stateDirectory.ts";

/**
 * - `unreachable`: no connection, or it broke.
 * - `authentication`: the machine answers but one side does not accept the other's key.
 * - `command`: the script ended with another status than 0.
 * - `timeout`: the script did not end within its limit.
 */
export type SshFailure = "unreachable" | "authentication" | "command" | "timeout";

export class SshError extends ProviderError {
  override name = "SshError";
  readonly kind: SshFailure;

  constructor(kind: SshFailure, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** A machine of a stack, as ssh reaches it. */
export interface SshTarget {
  stack: string;
  address: string;
  /** For messages: the name the user knows the machine by. */
  machine: string;
}

export interface SshOptions {
  /** Limit for the whole run, connecting included. */
  timeoutMs: number;
  /** Passed to the script. Without it the script itself goes through standard input, and is of any length. */
  stdin?: string;
  signal?: AbortSignal;
}

/** What a machine may say to one script; all of them together are a few hundred kB. */
const largestReply = 16 * 2 ** 20;

/** The configuration that every use of ssh in a stack goes by; {@link Credentials} writes it. */
export function sshConfigFile(stack: string): string {
  return join(stackDirectory(stack), "ssh_config");
}

/**
 * Runs a shell script as root on a machine, over the stack's shared connection.
 *
 * @returns what the script printed to standard output.
 * @throws SshError
 */
export async function run(target: SshTarget, script: string, options: SshOptions): Promise<string> {
  const configuration = sshConfigFile(target.stack);
  if (!existsSync(configuration)) {
    throw new SshError("unreachable", `${configuration} is missing; run \`pulumi up\` of stack ${target.stack}`);
  }
  const command = options.stdin === undefined ? "exec sh -s" : script;
  const result = await execa("ssh", ["-F", configuration, target.address, "--", command], {
    input: options.stdin ?? script,
    timeout: options.timeoutMs,
    cancelSignal: options.signal,
    // A master connection left in the background keeps standard error open; the command's own end is what counts.
    cleanup: true,
    stripFinalNewline: false,
    maxBuffer: largestReply,
    reject: false,
  });
  if (!result.failed) return result.stdout;
  throw failureOf(target, options, result);
}

interface FailedRun {
  exitCode?: number;
  timedOut: boolean;
  isMaxBuffer: boolean;
  isCanceled: boolean;
  stderr: string;
  code?: string;
}

function failureOf(target: SshTarget, options: SshOptions, result: FailedRun): SshError {
  const where = `${target.machine} (${target.address})`;
  const said = lastLines(result.stderr, 5);
  const detail = said === "" ? "" : `: ${said}`;
  if (result.code === "ENOENT") {
    return new SshError("unreachable", "there is no ssh on PATH; install the package openssh-client");
  }
  if (result.isCanceled) return new SshError("unreachable", `interrupted while talking to ${where}`);
  if (result.timedOut) {
    return new SshError("timeout", `${where} did not finish within ${options.timeoutMs / 1000} s${detail}`);
  }
  if (result.isMaxBuffer) {
    return new SshError("command", `${where} printed more than ${largestReply / 2 ** 20} MiB, and was cut off`);
  }
  if (result.exitCode !== 255) {
    return new SshError("command", `a command on ${where} ended with status ${String(result.exitCode)}${detail}`);
  }
  // 255 is what OpenSSH itself ends with.
  return isAuthentication(result.stderr)
    ? new SshError("authentication", `${where} answers, but not to this stack's keys${detail}`)
    : new SshError("unreachable", `${where} can't be reached by ssh${detail}`);
}

function isAuthentication(stderr: string): boolean {
  return /Permission denied|Host key verification failed|REMOTE HOST IDENTIFICATION|Too many authentication failures/.test(
    stderr,
  );
}

/** The end of a text, without empty lines, as it may be shown. */
export function lastLines(text: string, count: number): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return printable(lines.slice(-count).join("\n"));
}
