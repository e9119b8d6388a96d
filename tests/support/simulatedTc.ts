/** What tc and the kernel make of rules, and print: iproute2 6.1 and Linux 6.1, held against what those printed (printedByTc.ts). */
export interface PrintedQdisc {
  kind: string;
  handle: string;
  root?: true;
  parent?: string;
  options: object;
}

/** The JSON of six digits that tc writes. */
const sixDigits = (value: number): number => Number(value.toPrecision(6));

/** Kept in ticks of 64 ns, jitter in 31 bits of ns; printed in whole us, cut off. */
function printedSeconds(us: number, mostNs = Infinity): number {
  const ns = Math.min(mostNs, Math.floor((us * 1000) / 64 + 1e-6) * 64);
  return sixDigits(Math.floor(ns / 1000) / 1e6);
}

/** Kept to 2^-32. */
const printedShare = (percent: string): number => {
  const share = Math.min(2 ** 32 - 1, Math.round((Number(percent) / 100) * 2 ** 32));
  return sixDigits(share / 2 ** 32);
};

const told =
  /^limit (\d+) delay (\d+)us (\d+)us ([\d.]+)%( distribution \w+)? loss (gemodel )?((?:[\d.]+% ?)+) corrupt ([\d.]+)% reorder ([\d.]+)% rate (\d+)(g?)bit$/;

/** The options of a netem by what it was told. @throws Error where tc would refuse it. */
export function netemOptions(parameters: string): object {
  const [, limit, delay, jitter, correlation = "", table, model, losses = "", corrupt = "", reorder = "", rate, giga] =
    told.exec(parameters) ?? [];
  if (limit === undefined) throw new Error(`not read: ${parameters}`);
  if (Number(limit) > 2 ** 32 - 1) throw new Error(`Illegal "limit": ${parameters}`);
  if (table !== undefined && (Number(delay) === 0 || Number(jitter) === 0)) {
    throw new Error(`distribution specified but no latency and jitter values: ${parameters}`);
  }
  if (Number(reorder) > 0 && Number(delay) === 0) {
    throw new Error(`reordering not possible without specifying some delay: ${parameters}`);
  }
  const shares = losses
    .trim()
    .split(" ")
    .map((one) => printedShare(one.slice(0, -1)));
  const [p, r, inBad, inGood] = shares;
  const of = (name: string, percent: string): object =>
    printedShare(percent) === 0 ? {} : { [name]: { [name]: printedShare(percent), correlation: 0 } };
  const times = {
    delay: printedSeconds(Number(delay)),
    jitter: printedSeconds(Number(jitter), 2 ** 31 - 1),
    correlation: printedShare(correlation),
  };
  return {
    limit: Number(limit),
    ...(Number(delay) === 0 && Number(jitter) === 0 ? {} : { delay: times }),
    ...(model === undefined
      ? shares[0] === 0
        ? {}
        : { "loss-random": { loss: shares[0], correlation: 0 } }
      : { "loss-gemodel": { p, r, "1-h": inBad, "1-k": inGood } }),
    ...of("reorder", reorder),
    ...of("corrupt", corrupt),
    rate: {
      rate: Math.floor((Number(rate) * (giga === "" ? 1 : 1e9)) / 8),
      packetoverhead: 0,
      cellsize: 0,
      celloverhead: 0,
    },
    ecn: false,
    gap: Number(reorder) > 0 ? 1 : 0,
  };
}

/** A class's rate, kept in whole bytes: thousands are taken off while nothing is lost, or seven digits are there. */
export function printedRate(bit: number): string {
  const units = ["", "K", "M", "G", "T"];
  let value = Math.floor(bit / 8) * 8;
  let place = 0;
  while (place < units.length - 1 && value >= 1000 && (value % 1000 === 0 || value >= 1e6)) {
    value = Math.floor(value / 1000);
    place += 1;
  }
  return `${value}${units[place] ?? ""}bit`;
}

const bits = (rate: string): number => Number(/^\d+/.exec(rate)?.[0]) * (rate.endsWith("gbit") ? 1e9 : 1);

/** What the machine's read script prints after a batch was applied. */
export function printedAfter(batch: string): string {
  const qdiscs: PrintedQdisc[] = [{ kind: "htb", handle: "1:", root: true, options: {} }];
  const inbound: PrintedQdisc[] = [];
  const filters: object[] = [];
  const [duplicates, received]: [string[], string[]] = [[], []];
  let classes = "";
  for (const line of batch.split("\n")) {
    const [, device, place = "", handle = "", parameters = ""] =
      /^qdisc replace dev (\S+) (root|parent \S+) handle (\S+) netem (.*)$/.exec(line) ?? [];
    const [, network, prefix, flow] = /^filter add .* u32 match ip dst (\S+)\/(\d+) flowid (\S+)$/.exec(line) ?? [];
    const [, rate] = / parent 1: classid 1:1 htb rate (\S+) /.exec(line) ?? [];
    const [, pref, code] = / egress protocol ip prio (\d+) bpf bytecode "([^"]*)"/.exec(line) ?? [];
    if (device !== undefined && place === "root") {
      const [, limit, down = ""] = /^limit (\d+) rate (\S+)$/.exec(parameters) ?? [];
      const options = { limit: Number(limit), rate: { rate: Math.floor(bits(down) / 8) } };
      inbound.push({ kind: "netem", handle, root: true, options });
    } else if (device !== undefined) {
      qdiscs.push({ kind: "netem", handle, parent: place.slice(7), options: netemOptions(parameters) });
    } else if (network !== undefined) {
      const number = (text: string) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
      const mask = 2 ** 32 - 2 ** (32 - Number(prefix));
      const match = { value: number(network).toString(16), mask: mask.toString(16), offmask: "", off: 16 };
      filters.push({ options: { flowid: flow, match } });
    } else if (rate !== undefined) {
      classes = `class htb 1:1 root rate ${printedRate(bits(rate))} ceil ${printedRate(bits(rate))} burst 1599b`;
    } else if (pref !== undefined) {
      duplicates.push(`filter protocol ip pref ${pref} bpf chain 0 handle 0x1 not_in_hw bytecode '${code ?? ""}'`);
    } else if (line.includes(" ingress ")) {
      received.push("filter protocol ip pref 1 u32 mirred (Egress Redirect to device strata0) stolen");
    }
  }
  return JSON.stringify({
    ...{ qdiscs, classes, filters, inbound },
    duplicates: duplicates.join("; "),
    received: received.join("; "),
  });
}
