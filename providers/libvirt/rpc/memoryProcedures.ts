import { int, none, optional, string, struct, unsigned, unsignedHyper } from "./codec.ts";
import { domain, pool, procedure, volume } from "./procedures.ts";

const jobFigures = Object.fromEntries(
  [
    "elapsed",
    "remaining",
    ...["data", "memory", "file"].flatMap((of) => [`${of}Total`, `${of}Processed`, `${of}Remaining`]),
  ].map((name) => [name, unsignedHyper]),
);

/** The calls that save a machine with its memory, bring it back, and speak to it (src/remote/remote_protocol.x). */
export const memory = {
  /** Writes the machine's memory into a file on the host, and ends it. */
  save: procedure(
    232,
    "DOMAIN_SAVE_FLAGS",
    struct({ domain, to: string, xml: optional(string), flags: unsigned }),
    none,
  ),
  /** Starts the machine that the file names in its header, with the memory in it. */
  restore: procedure(
    233,
    "DOMAIN_RESTORE_FLAGS",
    struct({ from: string, xml: optional(string), flags: unsigned }),
    none,
  ),
  /** What libvirt is doing with the machine that takes long; `type` 0: nothing. The rest is how far it is. */
  job: procedure(163, "DOMAIN_GET_JOB_INFO", struct({ domain }), struct({ type: int, ...jobFigures })),
  resume: procedure(28, "DOMAIN_RESUME", struct({ domain }), none),
  /** A stream both ways to a channel of the machine. */
  openChannel: procedure(296, "DOMAIN_OPEN_CHANNEL", struct({ domain, name: optional(string), flags: unsigned }), none),
  /** Makes a volume with another one's content, on the host. */
  copyVolume: procedure(
    125,
    "STORAGE_VOL_CREATE_XML_FROM",
    struct({ pool, xml: string, from: volume, flags: unsigned }),
    struct({ volume }),
  ),
};

/** What decides whether saved memory can be brought back. */
export const versions = {
  /** Of the hypervisor: major * 1,000,000 + minor * 1,000 + release. */
  hypervisor: procedure(4, "CONNECT_GET_VERSION", none, struct({ version: unsignedHyper })),
  capabilities: procedure(7, "CONNECT_GET_CAPABILITIES", none, struct({ xml: string })),
};
