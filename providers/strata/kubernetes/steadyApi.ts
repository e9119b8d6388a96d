import type { Look, Patience } from "../../kit/patience.ts";
import { ApiUnavailable, type Api } from "./api.ts";

const lookIntervalMs = 1000;

/**
 * A cluster's API for who wants an answer: asks again for as long as it can't give one, as while its machine reboots, its
 * server is started again or has too much to do. What it is asked may therefore have been done already by an earlier try.
 */
export class SteadyApi {
  readonly #api: Api;
  readonly #patience: Patience;
  readonly #machine: string;

  /** @param machine that the API runs on, for messages. */
  constructor(api: Api, patience: Patience, machine: string) {
    this.#api = api;
    this.#patience = patience;
    this.#machine = machine;
  }

  /** @throws ApiError if the API refuses, ProviderError when the patience is at its end. So do the others. */
  get(path: string): Promise<unknown> {
    return this.#ask(() => this.#api.get(path));
  }

  post(path: string, body: object): Promise<unknown> {
    return this.#ask(() => this.#api.post(path, body));
  }

  patch(path: string, body: object): Promise<unknown> {
    return this.#ask(() => this.#api.patch(path, body));
  }

  delete(path: string): Promise<unknown> {
    return this.#ask(() => this.#api.delete(path));
  }

  #ask(request: () => Promise<unknown>): Promise<unknown> {
    const what = `the Kubernetes API on ${this.#machine}`;
    const fix = `Look at ${this.#machine}: it has to run, with the kubelet active; then \`pulumi up\` goes on`;
    return this.#patience.until(what, fix, lookIntervalMs, async (): Promise<Look<unknown>> => {
      try {
        return { done: await request() };
      } catch (error) {
        if (error instanceof ApiUnavailable) return { pending: error.message };
        throw error;
      }
    });
  }
}
