import { z } from "zod";
import { networkSchema } from "../../experiment/network.ts";
import { hostsSchema } from "./hosts.ts";

export const libvirtSchema = z.strictObject({
  kind: z.literal("libvirt").meta({ description: "Virtual machines on this host, by libvirt and QEMU." }),
  host: z
    .enum(["auto", "system", "embedded"])
    .prefault("auto")
    .meta({
      description:
        "system: the libvirtd that runs on this host. embedded: a private one in a network namespace of its own, which changes nothing of the host's network. auto: system where there is one, else embedded; answered once, when the testbed is first built.",
      examples: ["auto"],
    }),
  hosts: hostsSchema.optional(),
  network: networkSchema.optional(),
});

export type LibvirtSpec = z.output<typeof libvirtSchema>;
