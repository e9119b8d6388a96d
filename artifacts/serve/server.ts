import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { isIntact, type Catalogue, type Content } from "./catalogue.ts";
import { watchedCatalogue } from "./store.ts";

/** Tells what happened to a request that was not served as asked. */
export type Log = (line: string) => void;

/** What a request asks for. */
type Target =
  | { what: "version" }
  | { what: "manifest"; repository: string; reference: string; registry: string | undefined }
  | { what: "blob"; digest: string }
  | { what: "file"; path: string; checksum: boolean }
  | { what: "list" }
  | { what: "nothing" }
  | { what: "malformed" };

/** What a guest can make the host hold: containerd's requests have some hundred bytes, and it opens a dozen connections. */
const limits = { maxHeaderSize: 8192, headersTimeout: 30_000, requestTimeout: 60_000, keepAliveTimeout: 30_000 };
const mostConnections = 1024;
/** An emulated machine may be held up for long; one that takes nothing for so long has gone. */
const idleLimitMs = 10 * 60_000;

/**
 * A read-only OCI distribution registry at /v2/ and the mirror's files at /files/. Images have their official names: the
 * registry's host is what containerd says in `?ns=`. Nothing is sent before its checksum was verified.
 *
 * @param read gives what is served; it is asked again for what is not there, since the store may have it by now.
 */
export function createMirror(log: Log, read: () => Catalogue = watchedCatalogue()): Server {
  let catalogue = read();
  const server = createServer(limits, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      // A client that goes away in the middle is none of the mirror's business.
      if (response.destroyed) return;
      log(`${request.method ?? ""} ${request.url ?? ""}: ${messageOf(error)}`);
      if (response.headersSent) response.destroy();
      else fail(response, 500, "UNKNOWN", "the mirror failed; its log says why");
    });
  });
  server.maxConnections = mostConnections;
  server.setTimeout(idleLimitMs);
  return server;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      fail(response, 405, "UNSUPPORTED", "the mirror is read-only");
      return;
    }
    const target = targetOf(request.url ?? "/");
    if (target.what === "malformed") {
      fail(response, 400, "UNSUPPORTED", "the request's path is no valid one");
      return;
    }
    if (target.what === "version") {
      response.setHeader("docker-distribution-api-version", "registry/2.0");
      sendText(response, "application/json", "{}");
      return;
    }
    if (target.what === "list") {
      catalogue = read();
      sendText(response, "application/json", `${JSON.stringify(listing(catalogue))}\n`);
      return;
    }
    let content = find(catalogue, target);
    // The store may have got it, or have got it anew, since it was looked at.
    if (content === undefined || !(await isIntact(content))) {
      catalogue = read();
      content = find(catalogue, target);
    }
    if (content === undefined) {
      const code =
        target.what === "manifest" ? "MANIFEST_UNKNOWN" : target.what === "blob" ? "BLOB_UNKNOWN" : "NAME_UNKNOWN";
      fail(response, 404, code, `the mirror has no ${request.url ?? ""}`);
      return;
    }
    if (target.what === "file" && target.checksum) {
      sendText(response, "text/plain", `${content.sha256}  ${target.path.split("/").at(-1) ?? ""}\n`);
      return;
    }
    if (!(await isIntact(content))) {
      log(`refused ${request.url ?? ""}: ${content.file} is not what it was when it was recorded (SHA-256 differs)`);
      fail(
        response,
        500,
        "DIGEST_INVALID",
        "the mirror's copy is damaged (SHA-256 differs); on its host: strata mirror verify",
      );
      return;
    }
    await send(request, response, content, target.what !== "file");
  }
}

function targetOf(url: string): Target {
  let path: string;
  let searchParams: URLSearchParams;
  try {
    const parsed = new URL(url, "http://mirror");
    path = decodeURIComponent(parsed.pathname);
    searchParams = parsed.searchParams;
  } catch {
    return { what: "malformed" };
  }
  if (path === "/v2/" || path === "/v2") return { what: "version" };
  if (path === "/files/" || path === "/files") return { what: "list" };
  const manifest = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(path);
  const [, repository = "", reference = ""] = manifest ?? [];
  if (manifest !== null)
    return { what: "manifest", repository, reference, registry: searchParams.get("ns") ?? undefined };
  const digest = /^\/v2\/.+\/blobs\/(sha256:[0-9a-f]{64})$/.exec(path)?.[1];
  if (digest !== undefined) return { what: "blob", digest };
  const file = /^\/files\/(.+?)(\.sha256)?$/.exec(path);
  if (file !== null) return { what: "file", path: file[1] ?? "", checksum: file[2] !== undefined };
  return { what: "nothing" };
}

function find(catalogue: Catalogue, target: Target): Content | undefined {
  switch (target.what) {
    case "file":
      return catalogue.files.get(target.path);
    case "blob":
      return catalogue.blobs.get(target.digest);
    case "manifest": {
      const digest = digestOf(catalogue, target);
      return digest !== undefined && catalogue.manifests.has(digest) ? catalogue.blobs.get(digest) : undefined;
    }
    case "version":
    case "list":
    case "nothing":
    case "malformed":
      return undefined;
  }
}

function digestOf(
  { tags }: Catalogue,
  { repository, reference, registry }: Extract<Target, { what: "manifest" }>,
): string | undefined {
  if (reference.startsWith("sha256:")) return reference;
  if (registry !== undefined) return tags.get(`${registry}/${repository}:${reference}`);
  // A client that speaks to the mirror itself, not to a registry through it: any image of that name.
  const [image] = [...tags.keys()].filter((name) => name.slice(name.indexOf("/") + 1) === `${repository}:${reference}`);
  return image === undefined ? undefined : tags.get(image);
}

/** Sends content, or the range of it that is asked for. */
async function send(
  request: IncomingMessage,
  response: ServerResponse,
  content: Content,
  isBlob: boolean,
): Promise<void> {
  const range = rangeOf(request.headers.range, content.bytes);
  response.setHeader("accept-ranges", "bytes");
  if (range === "unsatisfiable") {
    response.setHeader("content-range", `bytes */${content.bytes}`);
    fail(response, 416, "RANGE_INVALID", "the range is not within the content");
    return;
  }
  const { first, last } = range ?? { first: 0, last: content.bytes - 1 };
  response.writeHead(range === undefined ? 200 : 206, {
    "content-type": content.mediaType,
    "content-length": last - first + 1,
    etag: `"sha256:${content.sha256}"`,
    ...(isBlob ? { "docker-content-digest": `sha256:${content.sha256}` } : {}),
    ...(range === undefined ? {} : { "content-range": `bytes ${first}-${last}/${content.bytes}` }),
  });
  if (request.method === "HEAD" || last < first) {
    response.end();
    return;
  }
  const part = { start: content.offset + first, end: content.offset + last };
  await pipeline(createReadStream(content.file, part), response);
}

/** One range, as clients that go on after an interruption ask for; of several, the whole is sent. */
function rangeOf(
  header: string | undefined,
  bytes: number,
): { first: number; last: number } | "unsatisfiable" | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  const [, from = "", to = ""] = match ?? [];
  if (match === null || (from === "" && to === "")) return undefined;
  const first = from === "" ? Math.max(0, bytes - Number(to)) : Number(from);
  const last = from === "" || to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1);
  return first > last ? "unsatisfiable" : { first, last };
}

function listing({ tags, files, refused }: Catalogue): unknown {
  return {
    images: Object.fromEntries([...tags].sort()),
    files: Object.fromEntries([...files].sort().map(([path, { sha256, bytes }]) => [path, { sha256, bytes }])),
    refused,
  };
}

function sendText(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { "content-type": type, "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** An error in the form of the distribution specification, which clients print. */
function fail(response: ServerResponse, status: number, code: string, message: string): void {
  const text = `${JSON.stringify({ errors: [{ code, message }] })}\n`;
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
