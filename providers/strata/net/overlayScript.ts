import type { OverlayInputs } from "./overlayInputs.ts";

/** VXLAN's own port (RFC 7348); Linux's default is another, for historical reasons. */
export const vxlanPort = 4789;

/** Where a frame goes whose receiver is not known yet, and every broadcast: to each peer. */
const flood = "00:00:00:00:00:00";

const path = "PATH=$PATH:/usr/sbin:/sbin";

/**
 * Sets `shown` (what ip says of the device; empty where it is not there), `of` (its mark, for messages) and `whose`. A device
 * can't be made with its mark: one without that nobody has switched on or connected is what a run has left that was cut off
 * there. Before devices had marks, ours had none.
 */
function look({ device, vni, local, owner }: OverlayInputs): string {
  const unmarked =
    owner === undefined
      ? "*vxlan*) whose=ours ;;"
      : `*" master "*) ;; *"state DOWN"*"vxlan id ${vni} local ${local} "*) whose=ours ;;`;
  return `shown=$(ip -d -o link show dev ${device} 2>/dev/null || true)
mark=$(ip -j link show dev ${device} 2>/dev/null | sed -n 's/.*"ifalias":"\\([^"]*\\)".*/\\1/p')
whose=others
of=""
if [ -z "$shown" ]; then whose=nobody
elif [ -n "$mark" ]; then
  of=" (of $mark)"
  [ "$mark" != "${owner ?? ""}" ] || whose=ours
else
  case "$shown" in ${unmarked} esac
fi`;
}

/**
 * Makes the device as it is to be: a device of ours with other endpoints is made anew, one with other peers is changed in
 * place, another's is refused. The bridge does without the spanning tree protocol, which would keep the device from forwarding for
 * some seconds: the bridges can't form a loop, since a VXLAN device sends nothing on that it has received. What a host learns (which peer a machine's address is behind) it learns from the frames it gets.
 */
export function overlayScript(inputs: OverlayInputs): string {
  const { device, bridge, vni, mtu, local, peers, owner } = inputs;
  const identity = `id ${vni} local ${local} `;
  return `set -eu
${path}
command -v bridge >/dev/null || { echo "ip and bridge are missing there; install the package iproute2" >&2; exit 1; }
${look(inputs)}
if [ $whose = others ]; then
  echo "there is a network device ${device}$of that this stack has not made; look whose it is (ip -d link show ${device}), and remove it (ip link delete ${device})" >&2
  exit 1
fi
case "$shown" in
  *"vxlan ${identity}"*"dstport ${vxlanPort} "*) ;;
  *)
    [ -z "$shown" ] || ip link del ${device}
    ip link add ${device} type vxlan ${identity}dstport ${vxlanPort} ttl 64
    ;;
esac
${owner === undefined ? "" : `ip link set ${device} alias '${owner}'`}
ip link set ${bridge} type bridge stp_state 0
ip link set ${device} mtu ${mtu} master ${bridge} up
for peer in $(bridge fdb show dev ${device} | sed -n 's/^${flood} .*dst \\([^ ]*\\).*/\\1/p'); do
  case " ${peers.join(" ")} " in *" $peer "*) ;; *) bridge fdb del ${flood} dev ${device} dst "$peer" ;; esac
done
for peer in ${peers.join(" ")}; do
  bridge fdb show dev ${device} | grep -q "^${flood} .*dst $peer " || bridge fdb append ${flood} dev ${device} dst "$peer"
done
`;
}

/** Prints the device and its peers as JSON; an empty text where it is not there. */
export function overlayReadScript(device: string): string {
  return `${path}
ip link show dev ${device} >/dev/null 2>&1 || exit 0
printf '{"link":%s,"fdb":%s}' "$(ip -d -j link show dev ${device})" "$(bridge -j fdb show dev ${device})"
`;
}

/** Prints a sentence where the device is somebody else's by now, and leaves it. */
export function overlayRemoveScript(inputs: OverlayInputs): string {
  return `${path}
${look(inputs)}
case $whose in
  ours) ip link del ${inputs.device} ;;
  others) echo "network device ${inputs.device}$of is not this stack's, and stays" ;;
esac
`;
}

interface Found {
  link: {
    mtu: number;
    ifalias?: string;
    master?: string;
    linkinfo?: { info_data?: { id?: number; local?: string; local6?: string } };
  }[];
  fdb: { mac: string; dst?: string }[];
}

/** What is there, as inputs; undefined where the device is not, or is somebody else's. */
export function readOverlay(text: string, known: OverlayInputs): OverlayInputs | undefined {
  if (text.trim() === "") return undefined;
  const { link, fdb } = JSON.parse(text) as Found;
  const [device] = link;
  const data = device?.linkinfo?.info_data;
  if (device === undefined || data?.id === undefined || device.ifalias !== known.owner) return undefined;
  const found = fdb.filter(({ mac, dst }) => mac === flood && dst !== undefined).map(({ dst }) => dst ?? "");
  const same = [...found].sort().join() === [...known.peers].sort().join();
  return {
    ...known,
    vni: data.id,
    mtu: device.mtu,
    bridge: device.master ?? "none",
    local: data.local ?? data.local6 ?? known.local,
    peers: same ? known.peers : found.sort(),
  };
}
