import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { download, fetchText, isDiskFault } from "../../../setup/download.ts";

const directory = mkdtempSync(join(tmpdir(), "strata-download-"));
const content = Buffer.alloc(3_000_000, "strata");
const sha256 = createHash("sha256").update(content).digest("hex");
const signal = new AbortController().signal;
let server: Server;
let url: string;

let asked = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/engine") serve(request, response);
    else if (request.url === "/sums") response.end(`${sha256}  engine\n`);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

/** The file, or the rest of it, in two pieces with a moment between them. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  asked += 1;
  const begin = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (begin >= content.length) response.writeHead(416).end();
  else {
    const middle = begin + Math.floor((content.length - begin) / 2);
    response.writeHead(begin > 0 ? 206 : 200, { "content-length": content.length - begin });
    response.write(content.subarray(begin, middle));
    setTimeout(() => response.end(content.subarray(middle)), 50);
  }
}

test("several at a time, of several processes, fetch it once, and each finds it whole", async () => {
  const file = join(directory, "shared");
  asked = 0;
  const module = join(import.meta.dirname, "../../../setup/download.ts");
  const script = `const { download } = await import(${JSON.stringify(module)});
    await download("${url}/engine", ${JSON.stringify(file)}, "${sha256}", () => undefined, new AbortController().signal);`;
  const inProcess = () => download(`${url}/engine`, file, sha256, () => undefined, signal);
  const other = () =>
    promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
      env: { ...process.env, NODE_OPTIONS: "" },
    });
  await Promise.all([inProcess(), inProcess(), other(), other()]);
  expect(readFileSync(file).equals(content)).toBe(true);
  expect(asked).toBe(1);
});

test("what an interrupted download has left is gone on with; were it damaged, it is fetched anew", async () => {
  const file = join(directory, "left");
  writeFileSync(file, content.subarray(0, 1000));
  asked = 0;
  await download(`${url}/engine`, file, sha256, () => undefined, signal);
  expect([readFileSync(file).equals(content), asked]).toEqual([true, 1]);
  for (const damaged of [Buffer.alloc(1000), Buffer.alloc(content.length), Buffer.alloc(content.length + 5)]) {
    writeFileSync(file, damaged);
    asked = 0;
    await download(`${url}/engine`, file, sha256, () => undefined, signal);
    expect([readFileSync(file).equals(content), asked]).toEqual([true, 2]);
  }
});

test("not reachable, damaged, and a fault on this side are told apart", async () => {
  const get = (from: string, file: string, sum = sha256) =>
    download(from, join(directory, file), sum, () => undefined, signal).catch((error: unknown) => error);
  const unreachable = await get("http://127.0.0.1:1/engine", "a");
  const damaged = await get(`${url}/engine`, "b", "0".repeat(64));
  mkdirSync(join(directory, "c"));
  const here = await get(`${url}/engine`, "c");
  expect([unreachable, damaged, here].map((error) => (error as Error).name)).toEqual([
    "UnreachableError",
    "DamagedError",
    "Error",
  ]);
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  const missing = await fetchText(`${url}/nothing`, signal).catch((error: unknown) => error);
  const refused = "https://get.pulumi.com/: connect EACCES 10.0.0.1:443";
  const forbidden = "EACCES: permission denied, open '/srv/cache/a'";
  const found = [unreachable, missing, damaged, refused, full, forbidden].map(isDiskFault);
  expect(found).toEqual([false, false, false, false, true, true]);
});
