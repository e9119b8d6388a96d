import { existsSync, readFileSync } from "node:fs";
import { execa } from "execa";
import type { Fact } from "../fact.ts";

export const cgroups: Fact = {
  name: "cgroups",
  title: "control groups",
  find: () => {
    const controllers = "/sys/fs/cgroup/cgroup.controllers";
    if (existsSync(controllers) && readFileSync(controllers, "utf8").trim().split(" ").includes("cpu"))
      return Promise.resolve({ state: "ready", detail: "version 2, with the cpu controller" });
    if (existsSync("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"))
      return Promise.resolve({ state: "ready", detail: "version 1, with the cpu controller" });
    return Promise.resolve({
      state: "limited",
      detail: "no cpu controller: a machine's quota can't be held",
      fix: "Mount the control groups, or leave `quota` out of your testbed.",
    });
  },
};

/** Tried in a network namespace that goes with the process: nothing of the host changes. */
const trial = [
  "ip link add strata-b type bridge",
  "ip link add strata-v type veth peer name strata-w",
  "ip tuntap add strata-t mode tap",
  "ip link set strata-t master strata-b",
].join(" && ");

export const network: Fact = {
  name: "kernel network",
  title: "kernel: namespaces, bridge, veth, tap",
  find: async () => {
    const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
    const result = await execa("unshare", [...user, "--net", "sh", "-c", trial], {
      reject: false,
      stdin: "ignore",
      timeout: 10_000,
      env: { PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` },
    });
    if (!result.failed) return { state: "ready", detail: "all there" };
    const reason = result.stderr.trim().split("\n").at(-1) ?? result.shortMessage ?? "";
    if (user.length > 0) {
      // Many systems forbid namespaces to ordinary users; the system's libvirt daemon needs none of them.
      return {
        state: "limited",
        detail: `could not be tried without root (${reason})`,
        fix: "Run: sudo ./strata doctor",
      };
    }
    return {
      state: "missing",
      detail: reason,
      fix: "Use a kernel with bridge, veth and tun, and in a container the right to use them.",
    };
  },
};
