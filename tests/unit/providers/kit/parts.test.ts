import messages from "@pulumi/pulumi/proto/provider_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import { z } from "zod";
import { resource } from "../../../../providers/kit/crud.ts";
import { methods, type Parts } from "../../../../providers/kit/methods.ts";

const thing = resource<object, object, null>({
  token: "late:index/thing:Thing",
  inputs: z.strictObject({}),
  replaceOn: [],
  create: () => Promise.resolve({ id: "1", outputs: {} }),
  read: () => Promise.resolve(undefined),
  delete: () => Promise.resolve(),
});

/** A plugin whose parts come when `load` is called, and a call of one of its methods. */
function latePlugin() {
  let load: (parts: Parts<null> | Error) => void = () => undefined;
  let asked = 0;
  const parts = new Promise<Parts<null>>((resolve, reject) => {
    load = (found) => {
      if (found instanceof Error) reject(found);
      else resolve(found);
    };
  });
  const served = methods<null>(
    {
      ...{ name: "late", version: "1.0.0", schema: "{}", configuration: z.strictObject({}), configure: () => null },
      parts: () => {
        asked += 1;
        return parts;
      },
    },
    () => undefined,
  );
  const call = (method: string, request: unknown): Promise<unknown> =>
    new Promise((resolve) => {
      served[method]?.({ request: request as never }, (error, response) => {
        resolve(error === null ? response : (error as { details?: string }).details);
      });
    });
  return {
    call,
    asked: () => asked,
    load: (found: Parts<null> | Error) => {
      load(found);
    },
  };
}

function checkRequest(): unknown {
  const request = new messages.CheckRequest();
  request.setUrn("urn:pulumi:s::p::late:index/thing:Thing::one");
  request.setNews(structMessages.Struct.fromJavaScript({}));
  return request;
}

test("a plugin is configured before its parts are there; what needs them waits, and they are asked for once", async () => {
  const { call, asked, load } = latePlugin();
  const configured = await call("configure", new messages.ConfigureRequest());
  expect(configured).toBeInstanceOf(messages.ConfigureResponse);
  expect(asked()).toBe(0);
  const checks = [call("check", checkRequest()), call("check", checkRequest())];
  load({ resources: [thing] });
  for (const response of await Promise.all(checks)) expect(response).toBeInstanceOf(messages.CheckResponse);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(asked()).toBe(1);
});

test("why the parts could not be loaded is the answer to what needs them", async () => {
  const { call, load } = latePlugin();
  load(new Error("no such module"));
  await call("configure", new messages.ConfigureRequest());
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await call("check", checkRequest())).toBe("no such module");
});
