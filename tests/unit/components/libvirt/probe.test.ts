import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFacts, systemLibvirtAnswers, usableAccelerator } from "../../../../components/libvirt/probe.ts";

const temporary = mkdtempSync(join(tmpdir(), "strata-probe-"));
const device = join(temporary, "kvm");
writeFileSync(device, "");
afterAll(() => {
  rmSync(temporary, { recursive: true });
});

const cpuinfo = (flags: string): string => `processor\t: 0\nmodel name\t: some vmx or svm\nflags\t\t: ${flags}\n`;

test.each([
  ["Intel's virtualisation", "fpu vmx ssse3", "kvm"],
  ["AMD's virtualisation", "fpu svm ssse3", "kvm"],
  ["a device that opens on a processor without either", "fpu ssse3 hypervisor", "tcg"],
  ["flags that only contain the letters", "fpu svm_lock xvmx", "tcg"],
])("%s", (_, flags, accelerator) => {
  expect(usableAccelerator(cpuinfo(flags), device, "x64")).toBe(accelerator);
});

test("no device, no acceleration", () => {
  expect(usableAccelerator(cpuinfo("vmx"), join(temporary, "absent"), "x64")).toBe("tcg");
});

test("ARM names no virtualisation: the device decides", () => {
  const arm = "processor\t: 0\nFeatures\t: fp asimd\n";
  expect(usableAccelerator(arm, device, "arm64")).toBe("kvm");
  expect(usableAccelerator(arm, join(temporary, "absent"), "arm64")).toBe("tcg");
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
