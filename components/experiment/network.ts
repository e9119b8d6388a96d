import { z } from "zod";
import { cidrContains, formatCidr, parseCidr, privateRanges } from "./cidr.ts";

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

/** The field `network` of every kind of infrastructure. */
export const networkSchema = z
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
