import { jest } from "@jest/globals";

let answers = false;
jest.unstable_mockModule("../../../../components/libvirt/probe.ts", () => ({ systemLibvirtAnswers: () => answers }));
const { chooseHost } = await import("../../../../components/libvirt/hostKind.ts");

test.each([
  ["auto, new, nobody answers", "auto", undefined, false, "embedded"],
  ["auto, new, libvirtd answers", "auto", undefined, true, "system"],
  ["auto, as built", "auto", "embedded", false, "embedded"],
  ["auto, as built", "auto", "system", true, "system"],
  ["named, new", "system", undefined, false, "system"],
  ["named, as built", "embedded", "embedded", true, "embedded"],
] as const)("%s", (_, wanted, built, answering, kind) => {
  answers = answering;
  expect(chooseHost("lab", wanted, built)).toEqual({ kind });
});

test("another answer does not move a testbed, and is said", () => {
  answers = true;
  expect(chooseHost("lab", "auto", "embedded")).toEqual({
    kind: "embedded",
    remark:
      "provider.host: auto: testbed lab stays on the embedded host, where it was built, though this machine's own libvirtd answers now; " +
      "to move it, destroy it first (strata destroy lab), or name the other: host: system",
  });
  answers = false;
  expect(chooseHost("lab", "auto", "system")).toEqual({
    kind: "system",
    remark:
      "provider.host: auto: testbed lab stays on this machine's own libvirtd, where it was built, which does not answer now; " +
      "start that (systemctl start libvirtd); to move it, destroy it first (strata destroy lab), or name the other: host: embedded",
  });
});

test("a host that is named is where it goes, and what that costs is said", () => {
  expect(chooseHost("lab", "system", "embedded")).toEqual({
    kind: "system",
    remark:
      "provider.host: system: testbed lab was built on the embedded host, so all of its machines are made anew on " +
      "this machine's own libvirtd; host: embedded leaves them where they are",
  });
});
