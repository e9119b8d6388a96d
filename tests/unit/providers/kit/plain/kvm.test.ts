import { kvmIn } from "../../../../../providers/kit/plain/kvm.ts";

test.each([
  ["x86_64", "flags\t\t: fpu vmx sse", true, true],
  ["x86_64", "flags\t\t: fpu svm", true, true],
  ["x86_64", "flags\t\t: fpu vmx sse", false, false],
  ["x86_64", "flags\t\t: fpu sse vmxnet", true, false],
  ["i686", "flags\t\t: fpu sse", true, false],
  ["aarch64", "Features\t: fp asimd", true, true],
  ["aarch64", "Features\t: fp asimd", false, false],
])("KVM on %s with %p, device %p: %p", (arch, cpuinfo, device, usable) => {
  expect(kvmIn({ arch, cpuinfo, device })).toBe(usable);
});
