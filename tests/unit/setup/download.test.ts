import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { download, fetchText, request } from "../../../setup/download.ts";

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
  const counted: unknown[] = [];
  await download(
    `${url}/engine`,
    file,
    sha256,
    ({ text, detail, counts }) => {
      told.push(`${text} ${detail ?? ""}`);
      counted.push(counts);
    },
    signal,
  );
  expect(readFileSync(file).equals(content)).toBe(true);
  expect(told.at(-1)).toBe("downloading 3 of 3 MB");
  expect(counted.at(-1)).toEqual({ done: content.length, total: content.length, unit: "bytes" });
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

/** A site that sends elsewhere; what is asked of it is kept. */
function redirecting(answers: Record<string, string>): [string, string | null][] {
  const asked: [string, string | null][] = [];
  globalThis.fetch = (input, options) => {
    const at = input as string;
    asked.push([at, new Headers(options?.headers).get("authorization")]);
    const location = answers[at];
    return Promise.resolve(
      location === undefined ? new Response("here") : new Response(null, { status: 302, headers: { location } }),
    );
  };
  return asked;
}

describe("where a site sends to", () => {
  const real = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = real;
  });

  test("is asked by https only, with what is its own", async () => {
    const asked = redirecting({ "https://a.example/x": "/y", "https://a.example/y": "https://b.example/z" });
    const response = await request("https://a.example/x", signal, { headers: { authorization: "Bearer t" } });
    expect(await response.text()).toBe("here");
    expect(asked).toEqual([
      ["https://a.example/x", "Bearer t"],
      ["https://a.example/y", "Bearer t"],
      ["https://b.example/z", null],
    ]);
  });

  test.each([["http://a.example/y"], ["ftp://b.example/y"], ["file:///etc/passwd"]])("is not %s", async (location) => {
    const asked = redirecting({ "https://a.example/x": location });
    await expect(fetchText("https://a.example/x", signal)).rejects.toThrow(
      /^https:\/\/a\.example\/x: it sends to .*, which is not https$/,
    );
    expect(asked).toHaveLength(1);
  });

  test("is not gone after for ever", async () => {
    redirecting({ "https://a.example/x": "/x" });
    await expect(fetchText("https://a.example/x", signal)).rejects.toThrow("it sends elsewhere more than 10 times");
  });
});
