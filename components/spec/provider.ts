import { z } from "zod";
import { hostsSchema } from "./hosts.ts";
import { parseCidr, privateRanges, cidrContains, formatCidr } from "./cidr.ts";

/** Why a range can't be a testbed's network; undefined when it can. */
export function networkProblem(text: string): { reason: string; fix: string } | undefined {
  const cidr = parseCidr(text);
  if (cidr === undefined) return { reason: `"${text}" is not an IPv4 range`, fix: 'write for example "10.83.0.0/16"' };
  if (formatCidr(cidr) !== text) {
    return { reason: `${text} has bits set outside its prefix`, fix: `write "${formatCidr(cidr)}"` };
  }
  if (cidr.prefix < 16 || cidr.prefix > 20) {
    return {
      reason: `a /${cidr.prefix} network can't be split into the three tiers`,
      fix: "use a prefix of /16 to /20",
    };
  }
  if (!privateRanges.some((range) => cidrContains(range, cidr))) {
    return {
      reason: `${text} is not a private range (RFC 1918)`,
      fix: 'use one inside "10.0.0.0/8", "172.16.0.0/12" or "192.168.0.0/16"',
    };
  }
  return undefined;
}

const networkSchema = z
  .string()
  .superRefine((text, context) => {
    const problem = networkProblem(text);
    if (problem) context.addIssue({ code: "custom", message: problem.reason, params: { fix: problem.fix } });
  })
  .meta({
    description:
      "Address range of the testbed: private IPv4, /16 to /20. Absent: one derived from the stack's name and place.",
    examples: ["10.83.0.0/16"],
  });

const libvirtSchema = z.strictObject({
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

/** The kinds of infrastructure there are, told apart by `kind`. */
export const providerSchema = z
  .discriminatedUnion("kind", [libvirtSchema])
  .meta({ description: "Where the machines come from.", examples: [{ kind: "libvirt" }] });

export type ProviderSpec = z.output<typeof providerSchema>;
