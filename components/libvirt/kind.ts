import type { InfrastructureKind } from "../experiment/infrastructure.ts";
import { libvirtRules } from "./experiment/rules.ts";
import { libvirtSchema, type LibvirtSpec } from "./experiment/schema.ts";

/** Virtual machines of libvirt's: on this host, or on several that ssh reaches. */
export const libvirt = {
  schema: libvirtSchema,
  rules: libvirtRules,
  capabilities: ({ hosts }) => ({
    reach: hosts === undefined ? "network" : "ssh",
    artifacts: hosts === undefined ? "network" : "tunnel",
    device: "eth0",
    user: "root",
    builtImage: true,
    prepares: hosts === undefined,
  }),
  resources: ["libvirt:", "strata:host:", "strata:net:Overlay"],
  load: () => import("./infrastructure.ts"),
  snapshots: () => import("./snapshots.ts"),
} satisfies InfrastructureKind<LibvirtSpec>;
