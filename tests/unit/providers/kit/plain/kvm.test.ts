import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kvmProblemIn, lookAtKvm, lookAtKvmOn, type KvmLook } from "../../../../../providers/kit/plain/kvm.ts";
import type { RemoteHost } from "../../../../../providers/kit/plain/remoteHost.ts";
import { asRoot, otherUser } from "../../../../support/otherUser.ts";

const root = mkdtempSync(join(tmpdir(), "strata-kvm-"));
chmodSync(root, 0o755);
afterAll(() => {
  rmSync(root, { recursive: true });
});
const file = (name: string, text = ""): string => {
  writeFileSync(join(root, name), text);
  return join(root, name);
};

const x86 = (flags: string) => `processor\t: 0\nmodel name\t: some vmx or svm\nflags\t\t: ${flags}\n`;
const arm = "processor\t: 0\nFeatures\t: fp asimd\n";

const processors = [
  ["Intel's virtualisation", "x86_64", x86("fpu vmx ssse3"), undefined],
  ["AMD's virtualisation", "x86_64", x86("fpu svm ssse3"), undefined],
  ["neither, as in a cloud's machine", "x86_64", x86("fpu ssse3 hypervisor"), "processor"],
  ["flags that only contain the letters", "x86_64", x86("fpu svm_lock xvmx vmxnet"), "processor"],
  ["machines' own flags alone", "x86_64", `${x86("fpu")}vmx flags\t: vnmi\n`, "processor"],
  ["neither, of 32 bits", "i686", x86("fpu sse"), "processor"],
  ["ARM, which names no virtualisation", "aarch64", arm, undefined],
] as const;

const devices = [
  ["opens", undefined, undefined],
  ["absent", "absent", "absent"],
  // That this process may not is no word on the system's daemon.
  ["denied", undefined, "refused"],
  // Switched off in the firmware: for everybody.
  ["refused", "refused", "refused"],
] as const;

describe.each(processors)("%s on %s", (_, arch, cpuinfo, processor) => {
  test.each(devices)("a device that is %s: for the system's daemon %s, for one's own %s", (device, system, self) => {
    expect(kvmProblemIn({ arch, cpuinfo, device }, "system")).toBe(processor ?? system);
    expect(kvmProblemIn({ arch, cpuinfo, device }, "self")).toBe(processor ?? self);
  });
});

const program = (name: string, body: string): string => {
  const path = file(name, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
};

/** A host of some architecture, whose login shell greets; its ssh runs here, perhaps as another user. */
const hostOf = (arch: string, as = ""): RemoteHost => {
  const bin = join(root, arch);
  mkdirSync(bin, { recursive: true });
  program(`${arch}/uname`, `echo ${arch}`);
  return { host: "lab1", command: program("ssh", `echo Welcome; PATH=${bin}:/usr/bin:/bin exec ${as} sh -s`) };
};

/** What is made of it: of /proc/cpuinfo the script sends only what counts. */
const verdicts = (look: KvmLook) => [
  look.device,
  kvmProblemIn(look, "system") ?? "usable",
  kvmProblemIn(look, "self") ?? "usable",
];

describe("another host's script says what this process would", () => {
  test.each(processors)("%s on %s", async (_, arch, text, processor) => {
    const cpuinfo = file("cpuinfo", text);
    for (const [device, state] of [
      [file("kvm"), "opens"],
      [join(root, "none"), "absent"],
      // Nobody can open a directory for writing.
      [root, "refused"],
    ] as const) {
      const here = { ...lookAtKvm({ cpuinfo, device }), arch };
      const there = await lookAtKvmOn(hostOf(arch), { cpuinfo, device });
      expect(there.arch).toBe(arch);
      const problem = processor ?? (state === "opens" ? "usable" : state);
      expect(verdicts(here)).toEqual([state, problem, problem]);
      expect(verdicts(there)).toEqual(verdicts(here));
    }
  });

  asRoot("where a user may not open it", async () => {
    const of = { cpuinfo: file("cpuinfo", arm), device: file("closed") };
    chmodSync(of.device, 0o600);
    const as = `setpriv --reuid=${otherUser} --regid=${otherUser} --clear-groups`;
    const there = await lookAtKvmOn(hostOf("aarch64", as), of);
    process.seteuid?.(otherUser);
    const here = { ...lookAtKvm(of), arch: "aarch64" };
    process.seteuid?.(0);
    expect(verdicts(here)).toEqual(["denied", "usable", "refused"]);
    expect(verdicts(there)).toEqual(verdicts(here));
  });

  test("where there is no /proc/cpuinfo", async () => {
    const of = { cpuinfo: join(root, "none"), device: file("kvm") };
    for (const [arch, verdict] of [
      ["aarch64", "usable"],
      ["x86_64", "processor"],
    ] as const) {
      const there = await lookAtKvmOn(hostOf(arch), of);
      expect(verdicts(there)).toEqual(["opens", verdict, verdict]);
      expect(verdicts({ ...lookAtKvm(of), arch })).toEqual(verdicts(there));
    }
  });

  test("on this machine itself", async () => {
    const there = await lookAtKvmOn({ host: "lab1", command: program("ssh", "exec sh -s") });
    expect(there.arch).toBe(lookAtKvm().arch);
    expect(verdicts(there)).toEqual(verdicts(lookAtKvm()));
  });
});
