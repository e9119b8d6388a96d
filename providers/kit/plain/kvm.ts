import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { machine } from "node:os";
import type { RemoteHost } from "./remoteHost.ts";
import { runOnHost } from "./remoteShell.ts";

/** What keeps machines from hardware acceleration: the processor, or its device, which is not there or not to be opened. */
export type KvmProblem = "processor" | "absent" | "refused";

/** Who opens /dev/kvm when a machine starts: the system's daemon, by rights of its own, or a daemon with the rights of who looks. */
export type KvmOpener = "system" | "self";

/** What decides whether machines can run on KVM. */
export interface KvmLook {
  /** Architecture as the kernel calls it: "x86_64", "aarch64". */
  arch: string;
  /** Text of /proc/cpuinfo. */
  cpuinfo: string;
  /** What came of opening /dev/kvm; denied: this user may not. */
  device: "opens" | "denied" | "refused" | "absent";
}

/**
 * Why machines can't run on KVM; undefined if they can: /dev/kvm must open and, on x86, the processor must show hardware
 * virtualisation (vmx or svm). The device alone, and libvirt's own domain capabilities, are not enough there: on hosts that
 * are virtual machines themselves both can be there, and no ordinary guest boots. Other architectures don't say in
 * /proc/cpuinfo that they virtualise; ARM's kernel says it by the device, which it makes only if it was started with the
 * hypervisor's rights.
 */
export function kvmProblemIn({ arch, cpuinfo, device }: KvmLook, opener: KvmOpener): KvmProblem | undefined {
  const x86 = arch === "x86_64" || /^i[3-6]86$/.test(arch);
  if (x86 && !/^flags\s*:.*\b(vmx|svm)\b/m.test(cpuinfo)) return "processor";
  if (device === "absent") return "absent";
  return device === "opens" || (device === "denied" && opener === "system") ? undefined : "refused";
}

const files = { cpuinfo: "/proc/cpuinfo", device: "/dev/kvm" };

/** Why machines can't run on KVM on this machine. */
export function kvmProblem(opener: KvmOpener): KvmProblem | undefined {
  return kvmProblemIn(lookAtKvm(), opener);
}

/** Why machines of the system's daemon can't run on KVM on another machine. */
export async function kvmProblemOn(remote: RemoteHost): Promise<KvmProblem | undefined> {
  return kvmProblemIn(await lookAtKvmOn(remote), "system");
}

export function lookAtKvm({ cpuinfo, device } = files): KvmLook {
  return {
    arch: machine(),
    cpuinfo: existsSync(cpuinfo) ? readFileSync(cpuinfo, "utf8") : "",
    device: stateOf(device),
  };
}

function stateOf(device: string): KvmLook["device"] {
  try {
    closeSync(openSync(device, "r+"));
    return "opens";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "absent" : code === "EACCES" ? "denied" : "refused";
  }
}

/** The same in three lines. */
const script = ({ cpuinfo, device } = files): string => `LC_ALL=C; export LC_ALL
uname -m
if ! [ -e '${device}' ]; then echo absent
elif said=$( (: <>'${device}') 2>&1 ); then echo opens
else case $said in *'Permission denied'*) echo denied ;; *) echo refused ;; esac
fi
echo "$(grep -m 1 '^flags' '${cpuinfo}')"
`;

/** @returns of its /proc/cpuinfo the line that counts. */
export async function lookAtKvmOn(remote: RemoteHost, of = files): Promise<KvmLook> {
  const said = await runOnHost(remote, script(of), { limitMs: 30_000 });
  // A login shell may have greeted before.
  const [arch = "", device, cpuinfo = ""] = said.split("\n").slice(-4, -1);
  return { arch, cpuinfo, device: device as KvmLook["device"] };
}
