import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { kvmProblem, type KvmProblem } from "../../providers/kit/plain/kvm.ts";
import { hostLimits } from "./limits.ts";
import type { HostFacts } from "./plan/capacity.ts";
import type { HostLook } from "./plan/hosts.ts";

/** Why a host's machines can't run on KVM; undefined if they can. An embedded host has the rights of this process. */
export function accelerationProblem(host: "system" | "embedded"): KvmProblem | undefined {
  return kvmProblem(host === "system" ? "system" : "self");
}

/** Hardware acceleration that really works for a host's machines. */
export function usableAccelerator(host: "system" | "embedded"): "kvm" | "tcg" {
  return accelerationProblem(host) === undefined ? "kvm" : "tcg";
}

const systemSocket = "/run/libvirt/libvirt-sock";

/** Whether the machine's own libvirtd listens. */
export function systemLibvirtAnswers(socket = systemSocket): boolean {
  return existsSync(socket) && spawnSync("nc", ["-z", "-U", "-w", "2", socket]).status === 0;
}

/**
 * What the host has for machines.
 *
 * @param namespace the network namespace that the testbed's bridge is in, if not the host's own.
 * @param bridge the testbed's own bridge, whose routes do not count as taken.
 */
export function hostFacts(namespace: string | undefined, bridge: string): HostFacts {
  return {
    memoryMiB: Math.floor(totalmem() / 2 ** 20),
    cores: cpus().length,
    routes: routes(namespace, bridge),
    limits: hostLimits(namespace !== undefined),
  };
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

/** What is asked of hosts before a testbed is planned on them. */
export interface HostQuestion {
  uris: readonly string[];
  pool: string;
  machines: readonly { name: string; domain: string; disk: string }[];
}

/** Longer than each of the looks' own limits: those say which host it was. */
const lookLimitMs = 120_000;

/**
 * Looks at hosts by ssh, all at once, by a program of the plugin's own: the same code, keys and errors as when machines are
 * made there; and this one has to wait, since all that is registered depends on the answer.
 */
export function lookAtHosts(question: HostQuestion): HostLook[] {
  const program = join(import.meta.dirname, "../../providers/libvirt/inspect.ts");
  const { stdout, stderr, error } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", program], {
    input: JSON.stringify(question),
    encoding: "utf8",
    timeout: lookLimitMs,
    maxBuffer: 64 * 1024 * 1024,
  });
  try {
    return JSON.parse(stdout) as HostLook[];
  } catch {
    const reason = error?.message ?? stderr.trim().split("\n").at(-1) ?? "it printed nothing";
    throw new Error(`looking at the hosts failed: ${reason}`);
  }
}
