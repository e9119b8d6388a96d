import { quoted } from "../../kit/plain/shellWord.ts";
import { inboundDevice, marks } from "./batch.ts";

/** Where a machine keeps the rules that are in force, for its next boot and as what a failed change falls back to. */
export const appliedFile = "/etc/strata/shaping.tc";

/** Puts the rules of a file in force, from any state of the device. */
const program = "/etc/strata/apply-shaping";

/** There while a benchmark's run changes the rules for a time (benchmarks/injection/injector.py). */
export const activeFile = "/run/strata-injector/active";

const unitFile = "/etc/systemd/system/strata-shaping.service";
const wantedLink = "/etc/systemd/system/multi-user.target.wants/strata-shaping.service";

/** What a machine is told: the rules as a whole, and if possible the way from those that it should have now. */
export interface Application {
  device: string;
  /** The whole tree, from any state of the device. */
  batch: string;
  /** The shorter way, right only where the machine has exactly the rules `from`. */
  change?: { from: string; batch: string };
}

/**
 * A shell script that puts rules in force with one run of `tc -batch`, and keeps them for the next boot. If they are
 * refused, the rules from before are put back and the script fails.
 */
export function applyScript({ device, batch, change }: Application): string {
  const shortWay = change
    ? `if tc qdisc show dev ${device} | grep -q '^qdisc htb 1: root' && printf %s ${quoted(change.from)} | cmp -s - "$applied"
then way="tc -batch $applied.change"; printf %s ${quoted(change.batch)} > "$applied.change"; fi
`
    : "";
  return `set -eu
umask 022
mkdir -p /etc/strata ${dirname(wantedLink)}
applied=${appliedFile}
printf %s ${quoted(applyProgram(device))} > ${program}
printf %s ${quoted(batch)} > "$applied.new"
way="sh ${program} $applied.new"
${shortWay}if ! $way; then
  if [ -s "$applied" ]; then sh ${program} "$applied"; else sh ${program} /dev/null; fi
  rm -f "$applied.new" "$applied.change"
  echo "the rules were refused; those from before are in force again" >&2
  exit 1
fi
printf %s ${quoted(unit(device))} > ${unitFile}
ln -sf ../strata-shaping.service ${wantedLink}
mv "$applied.new" "$applied"
rm -f "$applied.change"
`;
}

/** A shell script that removes all rules, from the kernel and from the next boot. */
export function removeScript(device: string): string {
  return `tc qdisc del dev ${device} root 2>/dev/null || true
tc qdisc del dev ${device} clsact 2>/dev/null || true
ip link del ${inboundDevice} 2>/dev/null || true
! grep -q '^${marks.single}' ${appliedFile} 2>/dev/null || ethtool -K ${device} tso on gso on gro on
rm -f ${appliedFile} ${appliedFile}.new ${appliedFile}.change ${program} ${unitFile} ${wantedLink}
`;
}

/** A shell script that prints what is in force as one JSON document. */
export function readScript(device: string): string {
  return `printf '{"qdiscs":'; tc -j qdisc show dev ${device}
printf ',"classes":"'; tc class show dev ${device} classid 1:1 2>/dev/null | tr -d '\\n"'
printf '","filters":'; tc -j filter show dev ${device} parent 1: 2>/dev/null || printf '[]'
printf ',"duplicates":"'; tc filter show dev ${device} egress 2>/dev/null | tr '\\n\\t"' ';  '
printf '","received":"'; tc filter show dev ${device} ingress 2>/dev/null | tr '\\n\\t"' ';  '
printf '","inbound":'; tc -j qdisc show dev ${inboundDevice} 2>/dev/null || printf '[]'
[ ! -e ${activeFile} ] || printf ',"injecting":true'
printf '}'
`;
}

/**
 * The program that a machine keeps: what is not a matter of tc (the device of what is received, whether packets are
 * handed over one by one), then the batch. An empty file leaves the device bare.
 */
function applyProgram(device: string): string {
  return `# Usage: apply-shaping FILE; written by Strata.
set -u
i=0
until [ -e /sys/class/net/${device} ] || [ $i -ge 300 ]; do sleep 0.1; i=$((i+1)); done
tc qdisc del dev ${device} clsact 2>/dev/null
if grep -q '^${marks.inbound}' "$1"; then
  [ -e /sys/class/net/${inboundDevice} ] || ip link add ${inboundDevice} type ifb || exit 1
  ip link set ${inboundDevice} up || exit 1
else
  ip link del ${inboundDevice} 2>/dev/null
fi
if grep -q '^${marks.single}' "$1"; then
  ethtool -K ${device} tso off gso off gro off || exit 1
elif [ -e ${appliedFile} ] && grep -q '^${marks.single}' ${appliedFile}; then
  ethtool -K ${device} tso on gso on gro on
fi
if [ -s "$1" ]; then exec tc -batch "$1"; fi
tc qdisc del dev ${device} root 2>/dev/null
exit 0
`;
}

/** The device may appear after the unit starts, where udev loads its driver: the program waits 30 s for it. */
function unit(device: string): string {
  return `[Unit]
Description=Strata's network emulation on ${device}
DefaultDependencies=no
After=local-fs.target
Before=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${program} ${appliedFile}

[Install]
WantedBy=multi-user.target
`;
}

function dirname(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
