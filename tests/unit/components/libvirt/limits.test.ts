import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hostLimits } from "../../../../components/libvirt/limits.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "limits-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const kernel = {
  "proc/sys/kernel/threads-max": "192730\n",
  "proc/sys/kernel/pid_max": "32768\n",
  "proc/sys/net/ipv4/neigh/default/gc_thresh3": "1024\n",
};
const user = {
  "proc/self/cgroup": "0::/user.slice/user-0.slice/session-1.scope\n",
  "sys/fs/cgroup/user.slice/pids.max": "max\n",
  "sys/fs/cgroup/user.slice/user-0.slice/pids.max": "10813\n",
  "sys/fs/cgroup/user.slice/user-0.slice/session-1.scope/pids.max": "max\n",
  "proc/self/limits":
    "Limit                     Soft Limit           Hard Limit           Units     \n" +
    "Max open files            1024                 524288               files     \n",
};

test("an embedded host has what this user's processes have", () => {
  write({ ...kernel, ...user });
  expect(hostLimits(true, root)).toEqual({ threads: 10_813, openFiles: 524_288, neighbours: 1024 });
});

test("the system's daemon has limits of its own", () => {
  write({ ...kernel, ...user });
  expect(hostLimits(false, root)).toEqual({ threads: 32_768, openFiles: undefined, neighbours: 1024 });
});

test("what a system hides is no limit", () => {
  expect(hostLimits(true, root)).toEqual({ threads: undefined, openFiles: undefined, neighbours: undefined });
  write({ "proc/self/limits": "Max open files            unlimited            unlimited            files     \n" });
  expect(hostLimits(true, root).openFiles).toBeUndefined();
});

test("this machine has some", () => {
  expect(hostLimits(true).threads).toBeGreaterThan(1000);
});
