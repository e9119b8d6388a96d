import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import type { Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { remoteName } from "../../kit/plain/remoteHost.ts";
import { runOnHost } from "../../kit/plain/remoteShell.ts";
import { quoted } from "../../kit/plain/shellWord.ts";
import type { Owner } from "../xml/ownership.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import type { NetworkDefinition } from "../xml/network.ts";
import { daemonNamespace } from "./daemonNamespace.ts";

const limitMs = 30_000;

/** The address of a network's bridge: it tells whose the bridge is, even where libvirt has lost the network. */
export function bridgeMac({ urn, state }: Owner): string {
  const bytes = createHash("sha256").update(`${urn} ${state} bridge`).digest().subarray(0, 3);
  return ["52", "54", "00", ...[...bytes].map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}

/** What is on the host by the name of a network's bridge. */
type Found = "nothing" | "foreign" | "used" | "removed";

/**
 * Removes the bridge of a network that is down, and its DHCP server: what a daemon leaves that is killed while it makes
 * a network, and what keeps it from making it ever again. Only a bridge by the address that this resource gives its own,
 * with no machine on it.
 *
 * @returns whether there was any of it.
 * @throws ProviderError with reason and fix where it is another's, or can't be removed.
 */
export async function removeStrayBridge(
  { context, log }: Operation<Libvirt>,
  { name, bridge, mac }: Pick<NetworkDefinition, "name" | "bridge" | "mac">,
): Promise<boolean> {
  if (context.isTest || bridge === undefined || mac === undefined) return false;
  const where = context.remote === undefined ? "" : ` on ${remoteName(context.remote)}`;
  const fix = `choose another name in bridge, or remove that one: ip link delete ${bridge}${where}`;
  const found = await onHost(context, script(name, bridge, mac)).catch((error: unknown) => {
    if (!(error instanceof ProviderError)) throw error;
    throw new ProviderError(`bridge "${bridge}" is in the way, and could not be removed: ${error.message}; ${fix}`);
  });
  switch (found.trim() as Found) {
    case "removed":
      log(
        "warning",
        `what a killed libvirt daemon had left of this network${where}, its bridge "${bridge}", was removed`,
      );
      return true;
    case "foreign":
      throw new ProviderError(
        `there is already a bridge "${bridge}", which this resource did not make (its address is not ${mac}); ${fix}`,
      );
    case "used":
      throw new ProviderError(
        `there is already a bridge "${bridge}" with machines on it, and libvirt has lost its network; switch them off, ` +
          `or ${fix}`,
      );
    case "nothing":
      return false;
  }
}

function script(network: string, bridge: string, mac: string): string {
  const dhcpFile = `/var/lib/libvirt/dnsmasq/${network}.conf`;
  return `set -e
found=nothing
link=$(ip -o link show dev ${quoted(bridge)} 2>/dev/null) || link=
if test -n "$link"; then
  case "$link" in *" link/ether ${mac} "*) ;; *) echo foreign; exit ;; esac
  test -z "$(ip -o link show master ${quoted(bridge)})" || { echo used; exit; }
  ip link delete ${quoted(bridge)}
  found=removed
fi
for process in /proc/[0-9]*; do
  test "$(cat $process/comm 2>/dev/null)" = dnsmasq || continue
  test "$(readlink $process/ns/net)" = "$(readlink /proc/self/ns/net)" || continue
  tr '\\0' '\\n' <$process/cmdline | grep -qxF -- ${quoted(`--conf-file=${dhcpFile}`)} || continue
  # An undefined network's file is gone with it.
  ! test -e $process/root${quoted(dhcpFile)} || grep -qxF -- ${quoted(`interface=${bridge}`)} $process/root${quoted(dhcpFile)} || continue
  kill "\${process#/proc/}" 2>/dev/null || continue
  found=removed
  for wait in $(seq 50); do test -e $process || break; sleep 0.1; done
done
echo $found
`;
}

/** One word of a shell, in single quotes. */

/** Runs a script in the network that the daemon makes its bridges in. */
function onHost(context: Libvirt, text: string): Promise<string> {
  if (context.remote !== undefined) return runOnHost(context.remote, text, { limitMs, asRoot: true });
  const namespace = context.socket === undefined ? undefined : daemonNamespace(context.socket);
  const [program, ...args] = namespace === undefined ? ["sh", "-s"] : ["nsenter", `--net=${namespace}`, "sh", "-s"];
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { timeout: limitMs, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new ProviderError(stderr.trim() || error.message));
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(text);
  });
}
