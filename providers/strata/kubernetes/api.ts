import { Agent, request, type RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { connect } from "node:tls";
import { z } from "zod";
import { ProviderError } from "../../kit/plain/errors.ts";
import type { AdminConfig } from "./adminConfig.ts";
import { isPassing, type Answer } from "./passing.ts";
import { redacted } from "./redact.ts";

/** The API answered, and refused. */
export class ApiError extends ProviderError {
  override name = "ApiError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The API did not answer what was asked: it may be starting or busy, or its machine may be down. To be asked again. */
export class ApiUnavailable extends ProviderError {
  override name = "ApiUnavailable";
}

/** How the API is reached: its host and port, and a connection there if TCP from this host is not the way. */
export interface ApiPath {
  host: string;
  port: number;
  connection?: () => Duplex;
}

/**
 * For the first request; each that was in vain doubles it, up to what the API server itself gives a request
 * (--request-timeout). A short one sooner finds a connection that has died with its machine.
 */
const requestLimitMs = { first: 15_000, longest: 60_000 };

/** Characters: a list of a thousand nodes has some 10 million. */
const largestAnswer = 16 * 2 ** 20;

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
const failure = z.object({
  message: z.string(),
  details: z
    .object({ kind: z.string().optional(), causes: z.array(z.object({ reason: z.string().default("") })).default([]) })
    .optional(),
});

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/**
 * The API of a cluster, as its administrator sees it. A request costs the control plane a few milliseconds, where each
 * run of kubectl in an emulated machine takes seconds of the processor that the cluster is starting on.
 */
export class Api {
  readonly #path: ApiPath;
  readonly #agent: Agent;
  readonly #signal: AbortSignal;
  #limitMs = requestLimitMs.first;
  #clock: { server: number; seen: number } | undefined;

  constructor(path: ApiPath, config: AdminConfig, signal: AbortSignal) {
    const { connection } = path;
    const tls = { ca: config.authority, cert: config.certificate, key: config.key };
    this.#path = path;
    this.#signal = signal;
    this.#agent = new Agent({ ...tls, keepAlive: true, maxSockets: 1 });
    if (connection !== undefined) {
      this.#agent.createConnection = () => connect({ ...tls, socket: connection(), host: path.host, servername: "" });
    }
  }

  /** @throws ApiUnavailable if it is to be asked again, ApiError if that would not help. So do the others. */
  get(path: string): Promise<unknown> {
    return this.#json("GET", path);
  }

  post(path: string, body: object): Promise<unknown> {
    return this.#json("POST", path, body);
  }

  /** A JSON merge patch (RFC 7386): null removes. */
  patch(path: string, body: object): Promise<unknown> {
    return this.#json("PATCH", path, body);
  }

  delete(path: string): Promise<unknown> {
    return this.#json("DELETE", path);
  }

  /** Whether the API is ready for requests; else why not. */
  readiness(): Promise<string | undefined> {
    return this.#refusal("/readyz");
  }

  /** Whether the API can tell all its types at once, as kubectl and Pulumi's plugin ask for them; else why not. */
  typesReadiness(): Promise<string | undefined> {
    return this.#refusal("/openapi/v2", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
  }

  async #refusal(path: string, accept?: string): Promise<string | undefined> {
    try {
      const { status, text } = await this.#send("GET", path, undefined, accept);
      return status === 200 ? undefined : `the API is not ready (${status} ${firstFailure(text)})`;
    } catch (error) {
      if (error instanceof ApiUnavailable) return error.message;
      throw error;
    }
  }

  /** The clock of the API's machine, in ms since 1970, to about a second; known after the first answer. */
  now(): number | undefined {
    return this.#clock === undefined ? undefined : this.#clock.server + (performance.now() - this.#clock.seen);
  }

  /** Ends the connection. */
  close(): void {
    this.#agent.destroy();
  }

  async #json(method: Method, path: string, body?: object): Promise<unknown> {
    const { status, text } = await this.#send(method, path, body);
    if (status >= 200 && status < 300) return text === "" ? undefined : JSON.parse(text);
    const said = answerOf(status, text);
    const asked = `${method} ${path.split("?")[0] ?? path}`;
    if (isPassing(said)) {
      throw new ApiUnavailable(`the Kubernetes API can't answer ${asked} now: ${status} ${redacted(said.message)}`);
    }
    throw new ApiError(status, `the Kubernetes API refused ${asked}: ${status} ${redacted(said.message)}`);
  }

  #send(
    method: Method,
    path: string,
    body?: object,
    accept = "application/json",
  ): Promise<{ status: number; text: string }> {
    const { host, port } = this.#path;
    const headers: Record<string, string> = { accept };
    if (body !== undefined) {
      headers["content-type"] = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    }
    const limitMs = this.#limitMs;
    const options: RequestOptions = {
      ...{ host, port, path, method, headers, agent: this.#agent },
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(limitMs)]),
    };
    return new Promise((resolve, reject) => {
      const unreachable = (error: Error) => {
        if (this.#signal.aborted) {
          reject(this.#signal.reason as Error);
          return;
        }
        const late = error.name === "AbortError" || error.name === "TimeoutError";
        if (late) this.#limitMs = Math.min(2 * limitMs, requestLimitMs.longest);
        const reason = late ? `no answer within ${limitMs / 1000} s` : redacted(error.message);
        reject(new ApiUnavailable(`the Kubernetes API at ${host}:${port} does not answer: ${reason}`));
      };
      const call = request(options, (response) => {
        this.#lookAtClock(response);
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
          if (text.length <= largestAnswer) return;
          reject(new ProviderError(`the Kubernetes API at ${host}:${port} answered ${path} with more than 16 MiB`));
          response.destroy();
        });
        response.once("end", () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
        response.once("error", unreachable);
      });
      call.once("error", unreachable);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  #lookAtClock({ headers }: IncomingMessage): void {
    const server = Date.parse(headers.date ?? "");
    // The header has whole seconds, so on average it is half a second old.
    if (!Number.isNaN(server)) this.#clock = { server: server + 500, seen: performance.now() };
  }
}

function answerOf(status: number, text: string): Answer {
  const said = failure.safeParse(jsonOf(text));
  if (!said.success) return { status, message: text.slice(0, 200) };
  const { message, details } = said.data;
  return { status, message, about: details?.kind, causes: details?.causes.map(({ reason }) => reason) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The check that failed, in the list that /readyz answers with. */
function firstFailure(text: string): string {
  return text.split("\n").find((line) => line.startsWith("[-]")) ?? text.split("\n")[0] ?? "";
}
