import { randomUUID, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { listenToOwnUser } from "../../providers/kit/ownPeers.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { entrySchema, type Entry } from "./entry.ts";

/** Version of the journal that is asked of the engine; the next one is for states of another program's making. */
const journalVersion = 1;

const entriesSchema = z.object({ entries: z.array(entrySchema).optional() });
const startSchema = z.object({ journalVersion: z.number().optional() });

/** What the engine is told of and tells, for one update of one stack. */
export interface Update {
  stack: string;
  /** The state that it begins with. */
  checkpoint: Checkpoint;
  /** Resolves once the entries are safe. */
  add: (entries: readonly Entry[]) => Promise<void>;
}

export interface Service {
  url: string;
  /** What the engine has to show. */
  token: string;
  close: () => void;
}

/**
 * As much of Pulumi's service as an engine needs for one update whose state is a journal, on this machine alone. The engine keeps
 * one with a service only; with files it writes the whole state out at each step.
 *
 * @param say told of what goes wrong.
 */
export async function serveUpdate(update: Update, say: (sentence: string) => void): Promise<Service> {
  const token = randomUUID();
  const http = createServer((request, response) => {
    answer(update, token, request)
      .then((body) => {
        send(response, 200, body);
      })
      .catch((error: unknown) => {
        const code = error instanceof Refusal ? error.code : 500;
        if (code !== 404) say(`the engine's ${request.method} ${request.url} failed: ${messageOf(error)}`);
        send(response, code, { code, message: messageOf(error) });
      });
  });
  const serve = (socket: Socket): void => void http.emit("connection", socket);
  // Nobody else is answered; and of one that has closed its end already it can't be told whose it was.
  const { port, close } = await listenToOwnUser(serve, () => undefined);
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    close: () => {
      close();
      http.closeAllConnections();
    },
  };
}

class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

async function answer(update: Update, token: string, request: IncomingMessage): Promise<unknown> {
  const shown = request.headers.authorization?.split(" ").at(-1) ?? "";
  if (!isSame(shown, token)) throw new Refusal(401, "another token");
  const { pathname } = new URL(request.url ?? "", "http://localhost");
  const own = `/api/stacks/organization/strata/${update.stack}`;
  const asked = pathname.startsWith(own) ? pathname.slice(own.length).replace(/^\/\w+\/current/, "/ID") : pathname;
  switch (`${request.method} ${asked}`) {
    case "GET /api/user":
      return { githubLogin: "organization", organizations: [] };
    case "GET /api/capabilities":
      return { capabilities: [] };
    case "GET ":
      return { orgName: "organization", projectName: "strata", stackName: update.stack, tags: {}, version: 1 };
    case "GET /export": {
      const { version, features, deployment } = update.checkpoint;
      return { version, features, deployment };
    }
    case "POST /update":
    case "POST /destroy":
      return { updateID: "current" };
    case "POST /ID": {
      const { journalVersion: known = 0 } = startSchema.parse(await bodyOf(request));
      if (known < journalVersion) throw new Refusal(400, "the engine keeps no journal");
      return { version: 1, token, journalVersion };
    }
    case "PATCH /ID/journalentries": {
      const { entries = [] } = entriesSchema.parse(await bodyOf(request));
      await update.add(entries);
      return {};
    }
    case "POST /ID/renew_lease":
      return { token };
    // What is shown is shown by the engine, and its end is that of its process.
    case "PATCH /tags":
    case "POST /ID/events":
    case "POST /ID/events/batch":
    case "POST /ID/complete":
      await buffer(request);
      return {};
    default:
      throw new Refusal(404, `no answer to ${request.method} ${pathname}`);
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const sent = await buffer(request);
  const plain = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
  return JSON.parse(plain.toString());
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
