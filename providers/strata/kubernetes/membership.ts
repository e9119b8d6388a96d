import type { SshTarget } from "../ssh.ts";
import { onMachine } from "./onMachine.ts";

/** What a machine says of its own membership in a cluster. */
export interface Membership {
  /** Its clock, in ms since 1970, to about a second. */
  clockMs: number;
  /**
   * - `none`: nothing of kubeadm is there.
   * - `joined`: it has a kubelet's identity and an authority.
   * - `partial`: a join was cut off.
   */
  state: "none" | "joined" | "partial";
  /** The authority that its kubelet knows, PEM. */
  authority: string;
}

/** The files are what `kubeadm join` leaves, in the order that it does. */
const script = `date +%s
if [ -s /etc/kubernetes/kubelet.conf ]; then echo joined
elif [ -e /etc/kubernetes/bootstrap-kubelet.conf ] || [ -e /etc/kubernetes/pki/ca.crt ]; then echo partial
else echo none; fi
cat /etc/kubernetes/pki/ca.crt 2>/dev/null || true
`;

export async function membershipOf(target: SshTarget, timeoutMs: number, signal: AbortSignal): Promise<Membership> {
  const step = {
    step: "say whether it is in a cluster",
    script,
    fix: `It has to run; see \`strata ssh ${target.stack} ${target.machine}\`, then \`pulumi up\` goes on`,
  };
  return parseMembership(await onMachine(target, step, { timeoutMs, signal }));
}

export function parseMembership(text: string): Membership {
  const [seconds = "", state = "", ...authority] = text.split("\n");
  return {
    clockMs: Number(seconds) * 1000 + 500,
    state: state === "joined" || state === "partial" ? state : "none",
    authority: authority.join("\n"),
  };
}

/**
 * Takes a machine out of whatever cluster it is in. kubeadm leaves the pod network's devices, and those would not fit
 * the addresses that the machine gets when it joins again.
 */
export const resetScript = `kubeadm reset --force >/run/strata-reset.log 2>&1 || { tail -n 5 /run/strata-reset.log >&2; exit 1; }
rm -rf /etc/cni/net.d/10-flannel.conflist /run/flannel /var/lib/cni/networks /var/lib/cni/flannel
for device in cni0 flannel.1; do ip link delete "$device" 2>/dev/null || true; done
`;
