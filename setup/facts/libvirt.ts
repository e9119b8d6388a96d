import { existsSync } from "node:fs";
import { execa } from "execa";
import type { Fact } from "../fact.ts";

/** virsh waits without end for a daemon that hangs. */
const limitMs = 10_000;

export const libvirt: Fact = {
  name: "libvirt",
  title: "libvirt daemon",
  find: async () => {
    const result = await execa("virsh", ["--connect", "qemu:///system", "version", "--daemon"], {
      reject: false,
      timeout: limitMs,
      stdin: "ignore",
      env: { LC_ALL: "C" },
    });
    if (!result.failed) {
      const version = /Running against daemon: (\S+)/.exec(result.stdout)?.[1] ?? "unknown version";
      return { state: "ready", detail: `qemu:///system answers (${version})` };
    }
    if (process.getuid?.() === 0) {
      return {
        state: "ready",
        detail: "qemu:///system does not answer: testbeds get a private daemon of their own (embedded host)",
      };
    }
    const reason = existsSync("/run/libvirt/libvirt-sock") ? "you may not use it" : "it does not run";
    return {
      state: "missing",
      detail: `qemu:///system does not answer (${reason}), and a private daemon needs root`,
      fix: "Run: sudo systemctl enable --now libvirtd && sudo usermod -aG libvirt $USER, then log in again. Or work as root.",
    };
  },
};
