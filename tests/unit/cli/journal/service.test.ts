import { gzipSync } from "node:zlib";
import { kinds, type Entry } from "../../../../cli/journal/entry.ts";
import { serveUpdate, type Service } from "../../../../cli/journal/service.ts";

const checkpoint = { version: 3, features: [], deployment: { resources: [{ urn: "a" }] }, text: "" };
const said: string[] = [];
let added: Entry[];
let service: Service;
beforeEach(async () => {
  said.length = 0;
  added = [];
  const add = (entries: readonly Entry[]): Promise<void> => {
    added.push(...entries);
    return Promise.resolve();
  };
  service = await serveUpdate({ stack: "lab", checkpoint, add }, (sentence) => said.push(sentence));
});
afterEach(() => {
  service.close();
});

const own = "/api/stacks/organization/strata/lab";
async function ask(method: string, path: string, body?: object, token = service.token) {
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: { Authorization: `update-token ${token}`, "Content-Encoding": "gzip" },
    ...(body === undefined ? {} : { body: gzipSync(JSON.stringify(body)) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test("an update: the state that it begins with, its token, what it writes, its end", async () => {
  expect((await ask("GET", `${own}/export`)).body).toEqual({
    version: 3,
    features: [],
    ...{ deployment: checkpoint.deployment },
  });
  expect((await ask("POST", `${own}/destroy`, {})).body).toEqual({ updateID: "current" });
  const started = await ask("POST", `${own}/destroy/current`, { journalVersion: 2 });
  expect(started.body).toEqual({ version: 1, token: service.token, journalVersion: 1 });
  const entry = { version: 1, kind: kinds.begin, sequenceID: 1, operationID: 1, removeOld: null, removeNew: null };
  expect((await ask("PATCH", `${own}/destroy/current/journalentries`, { entries: [entry] })).status).toBe(200);
  expect(added).toEqual([entry]);
  // Each five minutes.
  expect((await ask("POST", `${own}/destroy/current/renew_lease`, {})).body).toEqual({ token: service.token });
  expect((await ask("POST", `${own}/destroy/current/complete`, {})).status).toBe(200);
  expect(said).toEqual([]);
});

test("nobody is answered who has not the token", async () => {
  expect((await ask("GET", `${own}/export`, undefined, "another")).status).toBe(401);
});

test("an engine that keeps no journal does not begin", async () => {
  expect(await ask("POST", `${own}/update/current`, {})).toEqual({
    status: 400,
    body: { code: 400, message: "the engine keeps no journal" },
  });
});

test("an entry of a later version is not taken for one of this", async () => {
  const entry = { version: 2, kind: 10, sequenceID: 1, operationID: 1 };
  expect((await ask("PATCH", `${own}/update/current/journalentries`, { entries: [entry] })).status).toBe(500);
  expect(added).toEqual([]);
  expect(said.join()).toMatch(/^the engine's PATCH .* failed:/);
});

test("of other stacks, and of what no update asks, it knows nothing", async () => {
  for (const path of ["/api/stacks/organization/strata/other/export", "/api/user/stacks", `${own}/import`])
    expect((await ask("GET", path)).status).toBe(404);
});
