import { createWriteStream, rmSync, statSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { messageOf } from "../providers/kit/plain/errors.ts";
import { holderText, withLock, type Holder } from "../local/lock.ts";
import { fileHash } from "./hash.ts";
import type { Report } from "./step.ts";

/** A host that can't be reached must be noticed soon: there is always another way to get the thing. */
const answerLimitMs = 8_000;

/** Who downloads the same beside us may have a slow line. */
const othersLimitSeconds = 2 * 60 * 60;

/** The site gave no answer: asking it for something else is of no use. */
export class UnreachableError extends Error {
  override name = "UnreachableError";
}

/** What came is not what its publisher's checksum says. */
export class DamagedError extends Error {
  override name = "DamagedError";
}

/** True for a fault of this machine's disk: getting or building a thing in another way would only meet it again, later. */
export function isDiskFault(error: unknown): boolean {
  // Of files Node.js says "EACCES: permission denied, open ..."; "connect EACCES 10.0.0.1:443" is a network that refuses.
  return /no space left on device|disk quota|read-only file system|ENOSPC|EDQUOT|EROFS|EACCES:/i.test(messageOf(error));
}

/** @throws Error naming the URL and the reason, soon, when it can't be had. */
export async function requireReachable(url: string, signal: AbortSignal): Promise<void> {
  await request(url, signal, { method: "HEAD" });
}

/** @throws Error naming the URL and the reason. */
export async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  const response = await request(url, signal);
  return response.text();
}

/**
 * Downloads a file whose SHA-256 is known. What an interrupted download has left of it is kept, and the rest is asked for.
 * Several at a time, of this process or others, fetch a file once.
 *
 * @throws UnreachableError, DamagedError or another, naming the URL, when it can't be had.
 */
export async function download(
  url: string,
  file: string,
  sha256: string,
  report: Report,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<void> {
  const lock = {
    doing: `downloads ${url}`,
    limitSeconds: othersLimitSeconds,
    onWait: (holder: Holder | undefined) => {
      report({ phase: "wait", text: "waiting", detail: holderText(holder) });
    },
    signal,
  };
  await withLock(`${file}.lock`, lock, async () => {
    const begun = statSync(file, { throwIfNoEntry: false }) !== undefined;
    if (begun && (await fileHash(file)) === sha256) return;
    try {
      await fetchRest(url, file, sha256, report, signal, headers);
    } catch (error) {
      // What an earlier one has left may have been damaged itself.
      if (!begun || !(error instanceof DamagedError)) throw error;
      await fetchRest(url, file, sha256, report, signal, headers);
    }
  });
}

async function fetchRest(
  url: string,
  file: string,
  sha256: string,
  report: Report,
  signal: AbortSignal,
  headers: Record<string, string>,
): Promise<void> {
  const kept = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const range = kept > 0 ? { range: `bytes=${kept}-` } : undefined;
  // 416: nothing is left to send.
  const response = await request(url, signal, { headers: { ...headers, ...range }, accept: [416] });
  if (response.body === null) throw new Error(`${url}: empty answer`);
  if (response.status === 416) await response.body.cancel();
  else await receive(response.body, response, response.status === 206 ? kept : 0, file, report, signal);
  const actual = await fileHash(file);
  if (actual === sha256) return;
  rmSync(file);
  throw new DamagedError(`${url}: SHA-256 is ${actual}, the publisher says ${sha256}`);
}

/** @param before bytes that the file has already. */
async function receive(
  stream: NonNullable<Response["body"]>,
  response: Response,
  before: number,
  file: string,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const length = Number(response.headers.get("content-length") ?? 0);
  let received = before;
  const body = Readable.fromWeb(stream);
  body.on("data", (chunk: Buffer) => {
    received += chunk.length;
    const total = length > 0 ? before + length : undefined;
    const detail = `${megabytes(received)}${total === undefined ? "" : ` of ${megabytes(total)}`} MB`;
    report({ phase: "download", text: "downloading", detail, counts: { done: received, total, unit: "bytes" } });
  });
  await pipeline(body, createWriteStream(file, { flags: before > 0 ? "a" : "w" }), { signal });
}

export interface Request {
  method?: "GET" | "HEAD";
  headers?: Record<string, string>;
  /** Statuses that are answers like success. */
  accept?: readonly number[];
}

/** @throws Error naming the URL and the reason when there is no answer soon, or another one than success. */
export async function request(url: string, signal: AbortSignal, wanted: Request = {}): Promise<Response> {
  // Bounds the wait for the answer's head only; a slow download may go on.
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new Error(`no answer within ${answerLimitMs / 1000} s`));
  }, answerLimitMs);
  const { method = "GET", headers = {}, accept = [] } = wanted;
  let response: Response;
  try {
    response = await follow(url, { method, headers, signal: AbortSignal.any([signal, limit.signal]) });
  } catch (error) {
    signal.throwIfAborted();
    throw new UnreachableError(`${url}: ${reason(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok && !accept.includes(response.status)) throw new Error(`${url}: status ${response.status}`);
  return response;
}

const mostRedirects = 10;

/** Goes where the site sends it, but not from https to http, where anybody on the way could answer. */
async function follow(url: string, options: RequestInit): Promise<Response> {
  let at = url;
  let headers = options.headers;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const response = await fetch(at, { ...options, headers, redirect: "manual" });
    const location = response.headers.get("location");
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    const next = new URL(location, at);
    if (next.protocol !== "https:" && new URL(at).protocol === "https:") {
      throw new Error(`it sends to ${next.origin}, which is not https`);
    }
    // A token is for the site that gave it, as fetch itself has it.
    if (next.origin !== new URL(at).origin) headers = withoutAuthorization(headers);
    at = next.href;
  }
  throw new Error(`it sends elsewhere more than ${mostRedirects} times`);
}

function withoutAuthorization(headers: RequestInit["headers"]): Headers {
  const kept = new Headers(headers);
  kept.delete("authorization");
  return kept;
}

/** fetch hides what happened ("fetch failed") in the cause. */
function reason(error: unknown): string {
  const cause = typeof error === "object" && error !== null && "cause" in error ? error.cause : undefined;
  return messageOf(cause ?? error);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
