import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileHash } from "./hash.ts";
import { reasonOf } from "./reasonOf.ts";
import type { Report } from "./step.ts";

/** A host that can't be reached must be noticed soon: there is always another way to get the thing. */
const answerLimitMs = 8_000;

/** @throws Error naming the URL and the reason, soon, when it can't be had. */
export async function requireReachable(url: string, signal: AbortSignal): Promise<void> {
  await request(url, signal, "HEAD");
}

/** @throws Error naming the URL and the reason. */
export async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  const response = await request(url, signal);
  return response.text();
}

/**
 * Downloads a file whose SHA-256 is known.
 *
 * @throws Error naming the URL when it can't be had or is not what the publisher's checksum says.
 */
export async function download(
  url: string,
  file: string,
  sha256: string,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const response = await request(url, signal);
  if (response.body === null) throw new Error(`${url}: empty answer`);
  const total = Number(response.headers.get("content-length") ?? 0);
  let received = 0;
  const body = Readable.fromWeb(response.body);
  body.on("data", (chunk: Buffer) => {
    received += chunk.length;
    report("downloading", `${megabytes(received)}${total > 0 ? ` of ${megabytes(total)}` : ""} MB`);
  });
  await pipeline(body, createWriteStream(file), { signal });
  const actual = await fileHash(file);
  if (actual !== sha256) throw new Error(`${url}: SHA-256 is ${actual}, the publisher says ${sha256}`);
}

async function request(url: string, signal: AbortSignal, method: "GET" | "HEAD" = "GET"): Promise<Response> {
  // Bounds the wait for the answer's head only; a slow download may go on.
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new Error(`no answer within ${answerLimitMs / 1000} s`));
  }, answerLimitMs);
  try {
    const response = await fetch(url, { method, signal: AbortSignal.any([signal, limit.signal]) });
    if (!response.ok) throw new Error(`status ${response.status}`);
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
