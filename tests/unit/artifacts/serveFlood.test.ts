import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import type { Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalogue } from "../../../artifacts/serve/catalogue.ts";
import { boundedLog } from "../../../artifacts/serve/log.ts";
import { createMirror } from "../../../artifacts/serve/server.ts";
import { watchedCatalogue } from "../../../artifacts/serve/store.ts";

// What a guest may send to the mirror, which runs on the host.
const directory = mkdtempSync(join(tmpdir(), "strata-flood-"));
const store = join(directory, "mirror");
const empty: Catalogue = { tags: new Map(), manifests: new Set(), blobs: new Map(), files: new Map(), refused: [] };
let reads = 0;
let server: Server;
let port = 0;
const log: string[] = [];

beforeAll(async () => {
  process.env.STRATA_CACHE = directory;
  mkdirSync(join(store, "entry"), { recursive: true });
  const read = watchedCatalogue(() => {
    reads++;
    return empty;
  });
  server = createMirror((line) => log.push(line), read).listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  delete process.env.STRATA_CACHE;
  rmSync(directory, { recursive: true });
});

/** Sends bytes as they are. @returns the first line of the answer, and its body. */
async function raw(request: string): Promise<{ status: string; body: string }> {
  const socket = connect({ port, host: "127.0.0.1" });
  let said = "";
  socket.setEncoding("utf8").on("data", (text: string) => (said += text));
  socket.on("error", () => undefined);
  socket.end(request);
  await once(socket, "close");
  const [head = "", body = ""] = said.split("\r\n\r\n");
  return { status: head.split("\r\n")[0] ?? "", body };
}
const get = (path: string) => raw(`GET ${path} HTTP/1.1\r\nHost: mirror\r\nConnection: close\r\n\r\n`);

test.each([["/%zz"], ["/v2/%E0%A4%A/manifests/1"], ["//["], ["http://["], ["/%"]])(
  "%s is refused, and costs no log",
  async (path) => {
    expect(await get(path)).toEqual({
      status: "HTTP/1.1 400 Bad Request",
      body: '{"errors":[{"code":"UNSUPPORTED","message":"the request\'s path is no valid one"}]}\n',
    });
    expect(log).toEqual([]);
  },
);

test("a request of more than 8 KiB is refused before it is looked at", async () => {
  expect((await get(`/files/${"a".repeat(9000)}`)).status).toBe("HTTP/1.1 431 Request Header Fields Too Large");
  expect(log).toEqual([]);
});

test("the store is read again only after it has changed, however often one asks for what is not there", async () => {
  const missing = "HTTP/1.1 404 Not Found";
  await get("/files/nothing");
  const before = reads;
  for (let number = 0; number < 100; number++) expect((await get(`/files/nothing-${number}`)).status).toBe(missing);
  await get("/files/");
  expect(reads).toBe(before);
  writeFileSync(join(store, "entry", "file"), "new");
  expect((await get("/files/nothing")).status).toBe(missing);
  expect(reads).toBe(before + 1);
});

test("the log of a flood stays within two files of its largest size, a line within 300 characters", () => {
  const file = join(directory, "mirror.log");
  const write = boundedLog(
    file,
    (text) => {
      appendFileSync(file, text);
    },
    10_000,
  );
  for (let number = 0; number < 1000; number++) write(`GET /${number} \u001b[2J${"x".repeat(20_000)}\nnext`);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(lines.at(-1)).toBe(`GET /999 ?[2J${"x".repeat(300 - 13)}...`);
  expect(statSync(file).size).toBeLessThan(11_000);
  expect(existsSync(`${file}.1`) && statSync(`${file}.1`).size).toBeLessThan(11_000);
});

test("a line that can't be written is lost, and ends nothing", () => {
  const write = boundedLog(directory, () => {
    throw new Error("ENOSPC: no space left on device, write");
  });
  expect(() => {
    write("GET /");
  }).not.toThrow();
  const folder = boundedLog(directory, () => undefined, -1);
  expect(() => {
    folder("GET /");
  }).not.toThrow();
});
