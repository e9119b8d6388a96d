import { findingFor } from "../../../setup/facts/acceleration.ts";
import { enough } from "../../../setup/facts/capacity.ts";

const withVmx = "processor\t: 0\nflags\t\t: fpu vme vmx sse\n";
const without = "processor\t: 0\nflags\t\t: fpu vme sse\nvmx flags\t: vnmi\n";
const onX64 = process.arch === "x64" ? test : test.skip;

onX64("KVM needs both the processor's flag and the device", () => {
  expect(findingFor(withVmx, "opens")).toEqual({ state: "ready", detail: "usable" });
  expect(findingFor(without, "opens").detail).toBe(
    "the processor shows neither vmx nor svm: machines are emulated (TCG), roughly ten times slower",
  );
});

onX64("each reason has its own fix", () => {
  expect(findingFor(withVmx, "refused")).toEqual({
    state: "limited",
    detail: "/dev/kvm can't be opened by you: machines are emulated (TCG), roughly ten times slower",
    fix: "Run: sudo usermod -aG kvm $USER, then log in again.",
  });
  expect(findingFor(withVmx, "absent").detail).toBe(
    "there is no /dev/kvm: machines are emulated (TCG), roughly ten times slower",
  );
});

test("too little is a limit, not a failure", () => {
  expect(enough(2, 2, "cores", "wait")).toEqual({ state: "ready", detail: "2 cores" });
  expect(enough(3.25, 4, "GiB of memory", "close something")).toEqual({
    state: "limited",
    detail: "3.3 GiB of memory, the quickstart wants 4",
    fix: "close something",
  });
});
