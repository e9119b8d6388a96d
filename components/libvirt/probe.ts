import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { HostFacts } from "../plan/capacity.ts";

/**
 * Hardware acceleration that really works here. Opening /dev/kvm is not enough: where the processor shows neither vmx
 * nor svm (nested in a cloud machine, say) the device opens, libvirt offers kvm, and no guest boots.
 */
export function usableAccelerator(): "kvm" | "tcg" {
  if (!/\b(vmx|svm)\b/.test(readFileSync("/proc/cpuinfo", "utf8"))) return "tcg";
  try {
    closeSync(openSync("/dev/kvm", "r+"));
    return "kvm";
  } catch {
    return "tcg";
  }
}

const systemSocket = "/run/libvirt/libvirt-sock";

/** Whether the machine's own libvirtd listens. */
export function systemLibvirtAnswers(): boolean {
  return existsSync(systemSocket) && spawnSync("nc", ["-z", "-U", "-w", "2", systemSocket]).status === 0;
}

/**
 * What the host has for machines.
 *
 * @param namespace the network namespace that the testbed's bridge is in, if not the host's own.
 * @param bridge the testbed's own bridge, whose routes do not count as taken.
 */
export function hostFacts(namespace: string | undefined, bridge: string): HostFacts {
  return { memoryMiB: Math.floor(totalmem() / 2 ** 20), cores: cpus().length, routes: routes(namespace, bridge) };
}

function routes(namespace: string | undefined, bridge: string): string[] {
  const inNamespace = namespace === undefined ? [] : ["-n", namespace];
  const { status, stdout } = spawnSync("ip", [...inNamespace, "-j", "-4", "route", "show"], { encoding: "utf8" });
  // A namespace that is not there yet has no routes.
  if (status !== 0 || stdout.trim() === "") return [];
  return (JSON.parse(stdout) as { dst: string; dev?: string }[])
    .filter((route) => route.dst !== "default" && route.dev !== bridge)
    .map((route) => route.dst);
}
