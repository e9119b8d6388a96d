import { createWriteStream, rmSync, statSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileHash } from "./hash.ts";
import { reasonOf } from "./reasonOf.ts";
import type { Report } from "./step.ts";

/** A host that can't be reached must be noticed soon: there is always another way to get the thing. */
const answerLimitMs = 8_000;

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
 *
 * @throws Error naming the URL when it can't be had or is not what the publisher's checksum says.
 */
export async function download(
  url: string,
  file: string,
  sha256: string,
  report: Report,
  signal: AbortSignal,
  headers: Record<string, string> = {},
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
  throw new Error(`${url}: SHA-256 is ${actual}, the publisher says ${sha256}`);
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
    report("downloading", `${megabytes(received)}${length > 0 ? ` of ${megabytes(before + length)}` : ""} MB`);
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
  try {
    const response = await fetch(url, { method, headers, signal: AbortSignal.any([signal, limit.signal]) });
    if (!response.ok && !accept.includes(response.status)) throw new Error(`status ${response.status}`);
    return response;
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`${url}: ${reason(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** fetch hides what happened ("fetch failed") in the cause. */
function reason(error: unknown): string {
  const cause = typeof error === "object" && error !== null && "cause" in error ? error.cause : undefined;
  return reasonOf(cause ?? error);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
