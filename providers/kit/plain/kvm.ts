import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { machine } from "node:os";
import type { RemoteHost } from "./remoteHost.ts";
import { runOnHost } from "./remoteShell.ts";

/** What decides whether machines can run on KVM. */
interface Look {
  /** Architecture as the kernel calls it: "x86_64", "aarch64". */
  arch: string;
  /** Text of /proc/cpuinfo. */
  cpuinfo: string;
  /** Whether QEMU can open /dev/kvm. */
  device: boolean;
}

/**
 * Whether machines can run on KVM: /dev/kvm must open and, on x86, the processor must have hardware virtualisation (vmx or
 * svm). libvirt's own domain capabilities are not enough: on hosts that are virtual machines themselves they can claim a
 * KVM on which no ordinary guest boots. Other architectures than x86 name no virtualisation: there the device decides.
 */
export function kvmIn({ arch, cpuinfo, device }: Look): boolean {
  const x86 = arch === "x86_64" || /^i[3-6]86$/.test(arch);
  return device && (!x86 || /^flags\s*:.*\b(vmx|svm)\b/m.test(cpuinfo));
}

/** Of this machine. A system's daemon opens the device as a user of its own, a session's as the one who asks. */
export function kvmUsable(session = false): boolean {
  const device = "/dev/kvm";
  return kvmIn({
    arch: machine(),
    cpuinfo: existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "",
    device: existsSync(device) && (opens(device) ?? !session),
  });
}

/** Undefined where only this process's user may not. */
function opens(device: string): boolean | undefined {
  try {
    closeSync(openSync(device, "r+"));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? undefined : false;
  }
}

const script = `uname -m
test -e /dev/kvm && echo yes || echo no
grep -m 1 '^flags' /proc/cpuinfo || true
`;

/** Of another machine, whose daemon is the system's. */
export async function kvmUsableOn(remote: RemoteHost): Promise<boolean> {
  const [arch = "", device, cpuinfo = ""] = (await runOnHost(remote, script, { limitMs: 30_000 })).split("\n");
  return kvmIn({ arch, cpuinfo, device: device === "yes" });
}
