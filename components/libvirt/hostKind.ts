import { systemLibvirtAnswers } from "./probe.ts";
import type { LibvirtSpec } from "./experiment/schema.ts";

/** A libvirtd of this machine: its own, or a private one of Strata's. */
export type HostKind = "system" | "embedded";

const named = { system: "this machine's own libvirtd", embedded: "the embedded host" };

/**
 * Which host of this machine a testbed is on. "auto" is answered once: by the machine's own libvirtd where that answers, else
 * by an embedded one. What answers later must not take the machines with it.
 *
 * @param built the host that the testbed ${stack} was built on, if it is.
 * @returns the host, with a sentence to show where another answer would have come, or is wished.
 */
export function chooseHost(
  stack: string,
  wanted: LibvirtSpec["host"],
  built: HostKind | undefined,
): { kind: HostKind; remark?: string } {
  if (wanted !== "auto") return { kind: wanted, ...moved(stack, wanted, built) };
  const answers = systemLibvirtAnswers();
  const now = answers ? "system" : "embedded";
  if (built === undefined || built === now) return { kind: now };
  const why = answers ? "though this machine's own libvirtd answers now" : "which does not answer now";
  const back = answers ? "" : "start that (systemctl start libvirtd); ";
  return {
    kind: built,
    remark:
      `provider.host: auto: testbed ${stack} stays on ${named[built]}, where it was built, ${why}; ${back}` +
      `to move it, destroy it first (strata destroy ${stack}), or name the other: host: ${now}`,
  };
}

function moved(stack: string, wanted: HostKind, built: HostKind | undefined): { remark?: string } {
  if (built === undefined || built === wanted) return {};
  return {
    remark:
      `provider.host: ${wanted}: testbed ${stack} was built on ${named[built]}, so all of its machines are made anew on ` +
      `${named[wanted]}; host: ${built} leaves them where they are`,
  };
}
