import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Wire from "@pulumi/pulumi/proto/provider_pb.js";
import { z } from "zod";
import { resource, type State } from "../../../../providers/kit/crud.ts";
import { pluginFunction } from "../../../../providers/kit/functions.ts";
import { methods } from "../../../../providers/kit/methods.ts";
import { ProviderError } from "../../../../providers/kit/plain/errors.ts";
import { struct, type Values } from "../../../support/pluginProcess.ts";

interface Inputs {
  path: string;
  size: number;
  key?: string;
  disks?: { volume: string }[];
}

export const urn = "urn:pulumi:lab::strata::strata:index:Testbed$unit:index/thing:Thing::thing-a";
export const fixedUrn = urn.replace("thing:Thing", "fixed:Fixed");

/** A plugin whose resources answer as a test has them, and what they were told. */
export function plugin(world: { drift?: string[]; found?: State<Inputs, object>; fails?: Error } = {}) {
  const told: unknown[] = [];
  const said: unknown[] = [];
  const inputs = z.strictObject({
    path: z.string(),
    size: z.number(),
    key: z.string().optional(),
    disks: z.array(z.strictObject({ volume: z.string() })).optional(),
  });
  const thing = resource<Inputs, object, { colour: string }>({
    token: "unit:index/thing:Thing",
    inputs,
    formerNames: { file: "path" },
    refused: { "disks[].url": "nothing is fetched here; make a volume of it" },
    replaceOn: ["path", "shape"],
    inPlace: (key, olds, news) => key === "path" && olds.path.toLowerCase() === news.path.toLowerCase(),
    outputsSecretWithInputs: true,
    drift: (operation, state) => {
      told.push({ drift: state, name: operation.name });
      return world.drift ?? [];
    },
    create: (operation, given) => {
      operation.log("warning", `${operation.context.colour} is out`);
      if (world.fails) throw world.fails;
      return Promise.resolve({ id: "1", outputs: { text: given.path } });
    },
    read: () => Promise.resolve(world.found),
    update: (_operation, id, now, old) => {
      told.push({ update: id, now, old });
      return Promise.resolve({ outputs: { text: now.path } });
    },
    delete: async ({ signal }, id, state) => {
      told.push({ delete: id, state });
      if (id !== "slow") return;
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          reject(signal.reason as Error);
        });
      });
    },
  });
  const fixed = resource<Inputs, object, unknown>({
    token: "unit:index/fixed:Fixed",
    inputs,
    replaceOn: [],
    deleteBeforeReplace: false,
    create: () => Promise.resolve({ id: "1", outputs: {} }),
    read: () => Promise.resolve(undefined),
    delete: () => Promise.resolve(),
  });
  const double = pluginFunction<{ number: number }, { double: number; note?: string }, { colour: string }>({
    token: "unit:index/double:double",
    description: "Twice a number.",
    inputs: z.strictObject({ number: z.number() }),
    outputs: z.strictObject({ double: z.number(), note: z.string().optional() }),
    call: (_context, { number }) => {
      if (number === 0) throw new ProviderError("0 has no double here; take another number");
      return Promise.resolve({ double: 2 * number, note: undefined });
    },
  });
  const served = methods<{ colour: string }>(
    {
      ...{ name: "unit", version: "1.0.0", schema: "{}" },
      configuration: z.strictObject({ colour: z.string() }),
      programKeys: ["experiment"],
      configure: ({ colour }) => ({ colour: String(colour) }),
      parts: () => Promise.resolve({ resources: [thing, fixed], functions: [double] }),
    },
    (severity, message, options) => {
      said.push([severity, message, options]);
    },
  );
  const call = <Response>(method: string, request: unknown): Promise<Response> =>
    new Promise((resolve, reject) => {
      served[method]?.({ request: request as never }, (error, response) => {
        if (error === null) resolve(response as Response);
        else reject(new Error((error as { details?: string }).details));
      });
    });
  const configure = () => {
    const request = new messages.ConfigureRequest();
    request.setArgs(struct({ colour: "blue", version: "1.0.0" }));
    return call("configure", request);
  };
  const diff = (olds: Values, news: Values, more: { ignored?: string[]; urn?: string; outputs?: Values } = {}) => {
    const request = new messages.DiffRequest();
    request.setUrn(more.urn ?? urn);
    request.setOldInputs(struct(olds));
    request.setOlds(struct(more.outputs ?? {}));
    request.setNews(struct(news));
    request.setIgnorechangesList(more.ignored ?? []);
    return call<Wire.DiffResponse>("diff", request);
  };
  return { call, configure, diff, told, said };
}
