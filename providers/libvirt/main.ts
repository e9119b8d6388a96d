import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ProviderError } from "../kit/errors.ts";
import { serve } from "../kit/serve.ts";
import { Libvirt } from "./rpc/libvirt.ts";
import { parseUri } from "./rpc/uri.ts";

const defaultUri = "qemu:///system";

const configuration = z.strictObject({
  uri: z
    .string()
    .superRefine((uri, context) => {
      try {
        parseUri(uri);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        context.addIssue({ code: "custom", message: error.message.replace(/^uri: /, "") });
      }
    })
    .optional(),
});

await serve({
  name: "libvirt",
  version: "0.6.0",
  schema: readFileSync(join(import.meta.dirname, "schema.json"), "utf8"),
  configuration,
  configure: ({ uri }) => new Libvirt(typeof uri === "string" ? uri : (process.env.LIBVIRT_DEFAULT_URI ?? defaultUri)),
  parts: () => import("./parts.ts"),
});
