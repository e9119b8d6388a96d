import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFacts, systemLibvirtAnswers } from "../../../../components/libvirt/probe.ts";

const temporary = mkdtempSync(join(tmpdir(), "strata-probe-"));
afterAll(() => {
  rmSync(temporary, { recursive: true });
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
