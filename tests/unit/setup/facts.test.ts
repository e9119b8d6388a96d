import { findingFor } from "../../../setup/facts/acceleration.ts";
import { enough } from "../../../setup/facts/capacity.ts";

test("each reason against KVM has its own fix", () => {
  expect(findingFor(undefined)).toEqual({ state: "ready", detail: "usable" });
  expect(findingFor("processor").detail).toBe(
    "the processor shows neither vmx nor svm: machines are emulated (TCG), roughly ten times slower",
  );
  expect(findingFor("refused")).toEqual({
    state: "limited",
    detail: "/dev/kvm can't be opened by you: machines are emulated (TCG), roughly ten times slower",
    fix: "Run: sudo usermod -aG kvm $USER, then log in again.",
  });
  expect(findingFor("absent").detail).toBe(
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
