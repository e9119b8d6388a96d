import { closeSync, openSync, readFileSync } from "node:fs";

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
