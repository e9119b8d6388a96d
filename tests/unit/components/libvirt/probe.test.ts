import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFacts, kvmProblem, systemLibvirtAnswers } from "../../../../components/libvirt/probe.ts";

const temporary = mkdtempSync(join(tmpdir(), "strata-probe-"));
const device = join(temporary, "kvm");
writeFileSync(device, "");
afterAll(() => {
  rmSync(temporary, { recursive: true });
});

const x86 = (flags: string) => `processor\t: 0\nmodel name\t: some vmx or svm\nflags\t\t: ${flags}\n`;
const arm = "processor\t: 0\nFeatures\t: fp asimd\n";
const absent = join(temporary, "absent");

test.each([
  ["Intel's virtualisation", x86("fpu vmx ssse3"), "x64", undefined],
  ["AMD's virtualisation", x86("fpu svm ssse3"), "x64", undefined],
  ["a device that opens on a processor without either", x86("fpu ssse3 hypervisor"), "x64", "processor"],
  ["flags that only contain the letters", x86("fpu svm_lock xvmx"), "x64", "processor"],
  ["virtual machines' own flags alone", `${x86("fpu")}vmx flags\t: vnmi\n`, "x64", "processor"],
  ["ARM, which names no virtualisation", arm, "arm64", undefined],
] as const)("%s", (_, cpuinfo, arch, problem) => {
  for (const daemon of ["system", "embedded"] as const) {
    expect(kvmProblem(daemon, cpuinfo, device, arch)).toBe(problem);
    expect(kvmProblem(daemon, cpuinfo, absent, arch)).toBe(problem ?? "absent");
  }
});

test("a device that this process may not open is the machine's own libvirtd's to open", () => {
  for (const [cpuinfo, arch] of [
    [x86("fpu vmx"), "x64"],
    [arm, "arm64"],
  ] as const) {
    for (const [code, system] of [
      ["EACCES", undefined],
      // Switched off in the firmware: for everybody.
      ["ENODEV", "refused"],
    ] as const) {
      const open = (): void => {
        throw Object.assign(new Error(code), { code });
      };
      expect(kvmProblem("system", cpuinfo, device, arch, open)).toBe(system);
      expect(kvmProblem("embedded", cpuinfo, device, arch, open)).toBe("refused");
    }
  }
});

test("a libvirt socket that is there answers only while somebody listens", async () => {
  const socket = join(temporary, "libvirt-sock");
  expect(systemLibvirtAnswers(socket)).toBe(false);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  expect(systemLibvirtAnswers(socket)).toBe(true);
  await new Promise((resolve) => server.close(resolve));
  writeFileSync(socket, "");
  expect(systemLibvirtAnswers(socket)).toBe(false);
});

test("a host has memory and cores; a network namespace that is not there yet has no routes", () => {
  const facts = hostFacts("strata-none", "strata0");
  expect(facts.memoryMiB).toBeGreaterThan(256);
  expect(facts.cores).toBeGreaterThan(0);
  expect(facts.routes).toEqual([]);
});
