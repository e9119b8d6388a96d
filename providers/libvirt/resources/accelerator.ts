import { closeSync, openSync, readFileSync } from "node:fs";
import type { RemoteHost } from "../../kit/remoteHost.ts";
import { runOnHost } from "../../kit/remoteShell.ts";

/**
 * Whether machines can run on KVM here: the processor must have hardware virtualisation (vmx or svm) and /dev/kvm must
 * open. libvirt's own domain capabilities are not enough: on hosts that are virtual machines themselves they can claim
 * a KVM on which no ordinary guest boots.
 */
export function kvmUsable(cpuinfo = "/proc/cpuinfo", device = "/dev/kvm"): boolean {
  try {
    if (!/^flags\s*:.*\b(vmx|svm)\b/m.test(readFileSync(cpuinfo, "utf8"))) return false;
    closeSync(openSync(device, "r+"));
    return true;
  } catch {
    return false;
  }
}

/** A machine of another architecture than x86 names no virtualisation: there the device decides. */
const script = `test -e /dev/kvm || { echo no; exit; }
case "$(uname -m)" in
  x86_64) grep -Eq '^flags.*[[:space:]](vmx|svm)([[:space:]]|$)' /proc/cpuinfo && echo yes || echo no ;;
  *) echo yes ;;
esac
`;

/** The same of another machine. The device is QEMU's user's to open there, not the one's who looks. */
export async function kvmUsableOn(remote: RemoteHost): Promise<boolean> {
  return (await runOnHost(remote, script, { limitMs: 30_000 })).trim() === "yes";
}
