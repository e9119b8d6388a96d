import { z } from "zod";
import { ProviderError } from "../kit/plain/errors.ts";
import { Libvirt } from "./rpc/libvirt.ts";
import { parseUri } from "./rpc/uri.ts";

const defaultUri = "qemu:///system";
const uriVariable = "LIBVIRT_DEFAULT_URI";

const isGiven = (uri: unknown): uri is string => typeof uri === "string" && uri !== "";

const configuration = z.strictObject({
  uri: z
    .string()
    .superRefine((uri, context) => {
      try {
        if (isGiven(uri)) parseUri(uri);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        context.addIssue({ code: "custom", message: error.message.replace(/^uri: /, "") });
      }
    })
    .optional()
    .meta({
      description:
        "URI of a libvirt daemon: qemu:///system or qemu+unix:///system?socket=/path of this machine, " +
        "qemu+ssh://user@host:port/system?keyfile=/path of another. " +
        `Default: $${uriVariable}, else ${defaultUri}.`,
      defaultInfo: { environment: [uriVariable] },
    }),
});

/** The package, but for its schema. */
export const plugin = {
  name: "libvirt",
  version: "0.6.0",
  displayName: "libvirt",
  description: "Virtual machines, networks and disks of libvirt, over its own RPC protocol.",
  keywords: ["pulumi", "libvirt", "kvm", "qemu"],
  /** Upstream's tokens have a file's name in them, libvirt:index/domain:Domain. */
  moduleFormat: "(.*)(?:/[^/]*)",
  providerDescription: "A connection to one libvirt daemon.",
  npmName: "@pulumi/libvirt",
  configuration,
  configure: ({ uri }: { uri?: unknown }) => new Libvirt([uri, process.env[uriVariable]].find(isGiven) ?? defaultUri),
  parts: () => import("./parts.ts"),
};
