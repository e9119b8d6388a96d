import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import type { Fact } from "../fact.ts";
import type { Finding } from "../step.ts";

export const acceleration: Fact = {
  name: "acceleration",
  title: "hardware acceleration (KVM)",
  find: () => Promise.resolve(findingFor(readFileSync("/proc/cpuinfo", "utf8"), deviceState())),
};

type Device = "opens" | "absent" | "refused";

/** An open device is not enough: without vmx or svm no stock guest boots, whatever libvirt says it can do. */
export function findingFor(cpuinfo: string, device: Device): Finding {
  const slow = "machines are emulated (TCG), roughly ten times slower";
  const fix =
    "On bare metal, enable virtualisation in the firmware; in a cloud, choose an instance with nested virtualisation.";
  if (process.arch === "x64" && !/^flags\s*:.*\b(vmx|svm)\b/m.test(cpuinfo)) {
    return { state: "limited", detail: `the processor shows neither vmx nor svm: ${slow}`, fix };
  }
  switch (device) {
    case "opens":
      return { state: "ready", detail: "usable" };
    case "absent":
      return { state: "limited", detail: `there is no /dev/kvm: ${slow}`, fix };
    case "refused":
      return {
        state: "limited",
        detail: `/dev/kvm can't be opened by you: ${slow}`,
        fix: "Run: sudo usermod -aG kvm $USER, then log in again.",
      };
  }
}

function deviceState(): Device {
  if (!existsSync("/dev/kvm")) return "absent";
  try {
    closeSync(openSync("/dev/kvm", "r+"));
    return "opens";
  } catch {
    return "refused";
  }
}
