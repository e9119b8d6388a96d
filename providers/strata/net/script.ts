/** Where a machine keeps the rules that are in force, for its next boot and as what a failed change falls back to. */
export const appliedFile = "/etc/strata/shaping.tc";

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
    ? `if tc qdisc show dev ${device} | grep -q '^qdisc htb 1: root' && printf %s ${quote(change.from)} | cmp -s - "$applied"
then way=$applied.change; printf %s ${quote(change.batch)} > "$way"; fi
`
    : "";
  return `set -eu
umask 022
mkdir -p /etc/strata ${dirname(wantedLink)}
applied=${appliedFile}
printf %s ${quote(batch)} > "$applied.new"
way=$applied.new
${shortWay}if ! tc -batch "$way"; then
  if [ -s "$applied" ]; then tc -batch "$applied"; else tc qdisc del dev ${device} root 2>/dev/null || true; fi
  rm -f "$applied.new" "$applied.change"
  echo "the rules were refused; those from before are in force again" >&2
  exit 1
fi
printf %s ${quote(unit(device))} > ${unitFile}
ln -sf ../strata-shaping.service ${wantedLink}
mv "$applied.new" "$applied"
rm -f "$applied.change"
`;
}

/** A shell script that removes all rules, from the kernel and from the next boot. */
export function removeScript(device: string): string {
  return `tc qdisc del dev ${device} root 2>/dev/null || true
rm -f ${appliedFile} ${appliedFile}.new ${appliedFile}.change ${unitFile} ${wantedLink}
`;
}

/** A shell script that prints what is in force as one JSON document. */
export function readScript(device: string): string {
  return `printf '{"qdiscs":'; tc -j qdisc show dev ${device}
printf ',"filters":'; tc -j filter show dev ${device} parent 1: 2>/dev/null || printf '[]'
printf '}'
`;
}

/** The device may appear after the unit starts, where udev loads its driver; more than 30 s means there is none. */
function unit(device: string): string {
  return `[Unit]
Description=Strata's network emulation
DefaultDependencies=no
After=local-fs.target
Before=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'i=0; until [ -e /sys/class/net/${device} ] || [ $i -ge 300 ]; do sleep 0.1; i=$((i+1)); done; exec tc -batch ${appliedFile}'

[Install]
WantedBy=multi-user.target
`;
}

function dirname(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** One word of a shell command. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
