import { readPhases } from "../../../local/phases.ts";
import type { Look, Patience } from "../../kit/patience.ts";
import type { SshTarget } from "../access/ssh.ts";
import { MachineStepError, onMachine } from "./onMachine.ts";

/**
 * A machine that reboots is back by then, as long as it took to boot before; one that is off is not waited for. Two emulated
 * ones boot in 18 s on a host that is quiet, and beside others take several times that.
 */
const absence = { seconds: 90, boots: 4 };

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

/** As soon as the machine answers. @throws ProviderError when it is away for longer than a boot takes. */
export async function askMembership(patience: Patience, target: SshTarget): Promise<Membership> {
  const present = patience.within(await longestAbsence(target));
  const fix = "See whether it runs; then `pulumi up` goes on";
  return present.until(`${target.machine} to answer`, fix, 1000, async (): Promise<Look<Membership>> => {
    try {
      // Another run's kubeadm may be at work there, so the limit is not that of a quick answer.
      return { done: await membershipOf(target, patience.mostLeftMs, patience.signal) };
    } catch (error) {
      if (!(error instanceof MachineStepError) || !["unreachable", "timeout"].includes(error.kind)) throw error;
      return { pending: error.message };
    }
  });
}

async function longestAbsence({ stack, machine }: SshTarget): Promise<number> {
  const boots = (await readPhases(stack)).filter((phase) => phase.phase === "boot" && phase.machine === machine);
  return Math.max(absence.seconds, absence.boots * (boots.at(-1)?.seconds ?? 0));
}

async function membershipOf(target: SshTarget, timeoutMs: number, signal: AbortSignal): Promise<Membership> {
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
