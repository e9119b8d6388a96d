import { hostPackages, missingPackages } from "../../../setup/hostPackages.ts";

test("only what is not there is missing", () => {
  const there = { name: "cpio", purpose: "packs", isThere: () => true };
  const absent = { name: "zstd", purpose: "packs", isThere: () => false };
  expect(missingPackages([there, absent])).toEqual([absent]);
});

test("each package is named once and says what it is for", () => {
  const names = hostPackages.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain(process.arch === "arm64" ? "qemu-system-arm" : "qemu-system-x86");
  expect(hostPackages.filter(({ purpose }) => purpose === "")).toEqual([]);
});
