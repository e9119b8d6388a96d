import type { ShapingRule } from "./rules.ts";

/** The mark of a packet that was looked at, so that its copy is not copied again ("stra" in ASCII). */
const mark = 0x73_74_72_61;

/** Ancillary loads of classic BPF (linux/filter.h): SKF_AD_OFF + SKF_AD_MARK, + SKF_AD_RANDOM. */
const markOffset = 2 ** 32 - 0x1000 + 20;
const randomOffset = 2 ** 32 - 0x1000 + 56;

/** Ethernet header, then 16 bytes of the IPv4 header. */
const destinationOffset = 14 + 16;

/**
 * Arguments of a tc filter that sends a share of the packets to some addresses twice, at the device's egress hook,
 * before the queues: the copy then goes its own way through them, as a packet of netem's `duplicate` does. That one
 * can't be used: since Linux 6.1.148 and 6.16 a duplicating netem refuses any other netem in its tree
 * (sch_netem.c, check_netem_in_tree). No matching action of tc draws an exact share, hence the small program.
 */
export function duplicateFilter({ cidr, duplicatePercent = 0 }: ShapingRule, device: string): string {
  const { network, mask } = parsed(cidr);
  const threshold = Math.min(2 ** 32 - 1, Math.round((duplicatePercent / 100) * 2 ** 32));
  const program = [
    [0x20, 0, 0, markOffset], // load the mark
    [0x15, 6, 0, mark], // seen already: no match
    [0x20, 0, 0, destinationOffset],
    [0x54, 0, 0, mask], // and
    [0x15, 0, 3, network], // another network: no match
    [0x20, 0, 0, randomOffset],
    [0x35, 1, 0, threshold], // at or above the threshold: no match
    [0x06, 0, 0, 2 ** 32 - 1], // match
    [0x06, 0, 0, 0],
  ];
  const bytecode = [program.length, ...program.map((instruction) => instruction.join(" "))].join(",");
  return `bpf bytecode "${bytecode}" action skbedit mark ${mark} pipe action mirred egress mirror dev ${device}`;
}

/** The share that a filter's printed program draws, in percent; undefined where it is none of ours. */
export function duplicatedPercent(printed: string): number | undefined {
  const [, threshold] = /\b53 1 0 (\d+)\b/.exec(printed) ?? [];
  return threshold === undefined ? undefined : (Number(threshold) / 2 ** 32) * 100;
}

function parsed(cidr: string): { network: number; mask: number } {
  const [address = "", prefix = "32"] = cidr.split("/");
  const number = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const mask = prefix === "0" ? 0 : 2 ** 32 - 2 ** (32 - Number(prefix));
  return { network: number - (number % 2 ** (32 - Number(prefix))), mask };
}
