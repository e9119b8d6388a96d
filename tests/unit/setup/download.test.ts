import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { download, fetchText } from "../../../setup/download.ts";

const directory = mkdtempSync(join(tmpdir(), "strata-download-"));
const content = Buffer.alloc(3_000_000, "strata");
const sha256 = createHash("sha256").update(content).digest("hex");
const signal = new AbortController().signal;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/engine") response.end(content);
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

test("a file arrives whole, its progress is told, its checksum verified", async () => {
  const file = join(directory, "engine");
  const told: string[] = [];
  await download(`${url}/engine`, file, sha256, (phase, item) => told.push(`${phase} ${item ?? ""}`), signal);
  expect(readFileSync(file).equals(content)).toBe(true);
  expect(told.at(-1)).toBe("downloading 3 of 3 MB");
  expect(await fetchText(`${url}/sums`, signal)).toBe(`${sha256}  engine\n`);
});

test("a file that is not the publisher's is refused", async () => {
  const wrong = "0".repeat(64);
  await expect(
    download(`${url}/engine`, join(directory, "wrong"), wrong, () => undefined, signal),
  ).rejects.toMatchObject({
    message: `${url}/engine: SHA-256 is ${sha256}, the publisher says ${wrong}`,
  });
});

test("what is not there is named with its reason", async () => {
  await expect(fetchText(`${url}/nothing`, signal)).rejects.toMatchObject({ message: `${url}/nothing: status 404` });
  await expect(fetchText("http://127.0.0.1:1/", signal)).rejects.toMatchObject({
    message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/: .+/) as string,
  });
});
