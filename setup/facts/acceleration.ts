import { accelerationProblem, systemLibvirtAnswers } from "../../components/libvirt/probe.ts";
import type { KvmProblem } from "../../providers/kit/plain/kvm.ts";
import type { Fact } from "../fact.ts";
import type { Finding } from "../step.ts";

export const acceleration: Fact = {
  name: "acceleration",
  title: "hardware acceleration (KVM)",
  // As a testbed with `host: auto` will find it.
  find: () => Promise.resolve(findingFor(accelerationProblem(systemLibvirtAnswers() ? "system" : "embedded"))),
};

export function findingFor(problem: KvmProblem | undefined): Finding {
  const slow = "machines are emulated (TCG), roughly ten times slower";
  const fix =
    "On bare metal, enable virtualisation in the firmware; in a cloud, choose an instance with nested virtualisation.";
  switch (problem) {
    case undefined:
      return { state: "ready", detail: "usable" };
    case "processor":
      return { state: "limited", detail: `the processor shows neither vmx nor svm: ${slow}`, fix };
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
