import type { OverlayInputs } from "./overlayInputs.ts";

/** VXLAN's own port (RFC 7348); Linux's default is another, for historical reasons. */
export const vxlanPort = 4789;

/** Where a frame goes whose receiver is not known yet, and every broadcast: to each peer. */
const flood = "00:00:00:00:00:00";

const path = "PATH=$PATH:/usr/sbin:/sbin";

/**
 * Makes the device as it is to be, whatever is there: a device with other endpoints is made anew, one with other peers is
 * changed in place. The bridge does without the spanning tree protocol, which would keep the device from forwarding for
 * some seconds: the bridges can't form a loop, since a VXLAN device sends nothing on that it has received. What a host learns (which peer a machine's address is behind) it learns from the frames it gets.
 */
export function overlayScript({ device, bridge, vni, mtu, local, peers }: OverlayInputs): string {
  const identity = `id ${vni} local ${local} `;
  return `set -eu
${path}
command -v bridge >/dev/null || { echo "ip and bridge are missing there; install the package iproute2" >&2; exit 1; }
shown=$(ip -d -o link show dev ${device} 2>/dev/null || true)
case "$shown" in
  *"vxlan ${identity}"*"dstport ${vxlanPort} "*) ;;
  "") ip link add ${device} type vxlan ${identity}dstport ${vxlanPort} ttl 64 ;;
  *vxlan*) ip link del ${device}; ip link add ${device} type vxlan ${identity}dstport ${vxlanPort} ttl 64 ;;
  *) echo "a device ${device} is there that is no overlay of ours" >&2; exit 1 ;;
esac
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

export function overlayRemoveScript(device: string): string {
  return `${path}
ip link show dev ${device} >/dev/null 2>&1 || exit 0
ip link del ${device}
`;
}

interface Found {
  link: {
    mtu: number;
    master?: string;
    linkinfo?: { info_data?: { id?: number; local?: string; local6?: string } };
  }[];
  fdb: { mac: string; dst?: string }[];
}

/** What is there, as inputs; undefined where the device is not. */
export function readOverlay(text: string, known: OverlayInputs): OverlayInputs | undefined {
  if (text.trim() === "") return undefined;
  const { link, fdb } = JSON.parse(text) as Found;
  const [device] = link;
  const data = device?.linkinfo?.info_data;
  if (device === undefined || data?.id === undefined) return undefined;
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
