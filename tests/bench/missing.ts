import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { machineImage } from "../../artifacts/machine-image/index.ts";
import { findEngine } from "../../setup/engine/find.ts";

/** Why no testbed of real machines can be built here with an image that holds `kinds`; undefined if one can. */
export function testbedMissing(kinds: string[]): string | undefined {
  if (process.getuid?.() !== 0) return "it needs root, for network namespaces";
  if (findEngine() === undefined) return "there is no Pulumi engine (./strata setup)";
  const programs = ["libvirtd", "qemu-system-x86_64", "qemu-img", "genisoimage", "nc", "ssh"];
  const places = `${process.env.PATH ?? ""}:/usr/sbin`.split(delimiter);
  const absent = programs.filter((program) => !places.some((place) => existsSync(join(place, program))));
  if (absent.length > 0) return `not installed: ${absent.join(", ")} (./strata setup)`;
  const { state, key } = machineImage(kinds);
  return state === "ready"
    ? undefined
    : `machine image ${key} (${kinds.join(", ") || "base"}) is ${state} (./strata setup)`;
}
