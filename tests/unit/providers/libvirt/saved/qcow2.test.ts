import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isUntouched, renameBacking, startBytes } from "../../../../../providers/libvirt/saved/qcow2.ts";

const directory = mkdtempSync(join(tmpdir(), "strata-qcow2-"));
const base = join(directory, "base.qcow2");
const overlay = join(directory, "overlay.qcow2");
const qemuImg = (...args: string[]): string => execFileSync("qemu-img", args, { encoding: "utf8" });

beforeAll(() => {
  qemuImg("create", "-f", "qcow2", base, "16M");
});
beforeEach(() => {
  qemuImg("create", "-f", "qcow2", "-b", base, "-F", "qcow2", overlay, "8G");
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const start = (): Buffer => readFileSync(overlay).subarray(0, startBytes);

/** As a machine writes into its disk. */
function write(at: number): void {
  execFileSync("qemu-io", ["-f", "qcow2", "-c", `write -P 7 ${at} 512`, overlay]);
}

test("an overlay is untouched until something is written into it, anywhere", () => {
  expect(isUntouched(start())).toBe(true);
  write(7 * 2 ** 30);
  expect(isUntouched(start())).toBe(false);
});

test("a file that is cut off, or none of QEMU's, is not called untouched", () => {
  expect(isUntouched(start().subarray(0, 40))).toBe(false);
  expect(isUntouched(start().subarray(0, 190_000))).toBe(false);
});

test.each(["b", join("/elsewhere", "x".repeat(600))])(
  "an overlay finds its image by its new name, shorter or longer",
  (name) => {
    const file = readFileSync(overlay);
    renameBacking(file, name);
    writeFileSync(overlay, file);
    const info = JSON.parse(qemuImg("info", "--output=json", "-U", overlay)) as Record<string, unknown>;
    expect(info["backing-filename"]).toBe(name);
    expect(info["backing-filename-format"]).toBe("qcow2");
  },
);

test("a name without room, and an image that is no overlay, are refused", () => {
  expect(() => {
    renameBacking(start(), "x".repeat(1024));
  }).toThrow(/no room for the name/);
  expect(() => {
    renameBacking(readFileSync(base), "b");
  }).toThrow(/no overlay/);
});
