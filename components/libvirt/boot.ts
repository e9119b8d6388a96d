import type { Site } from "./site.ts";

/** How a host's machines boot, whichever they are. */
export interface Boot {
  cpu: { mode: "host-passthrough" | "maximum" };
  domainType: "kvm" | "qemu";
  cmdlines: { _: string }[];
}

/**
 * Programs at the same addresses each time: QEMU 7.2 keeps translated code by address, and translates a program that is
 * elsewhere anew. An idle node of a cluster filled its cache of 1 GiB, and so lost all of it, every other minute.
 */
const emulatedOption = "norandmaps";

export function bootOf({ host, image }: Pick<Site, "host" | "image">): Boot {
  return host.accelerator === "kvm"
    ? { cpu: { mode: "host-passthrough" }, domainType: "kvm", cmdlines: [{ _: image.cmdline }] }
    : {
        // All that QEMU can emulate; the workload's libraries need x86-64-v2.
        cpu: { mode: "maximum" },
        domainType: "qemu",
        cmdlines: [{ _: `${image.cmdline} ${emulatedOption}` }],
      };
}
