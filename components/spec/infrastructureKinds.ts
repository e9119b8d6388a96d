import { libvirt } from "../libvirt/kind.ts";

/** The kinds of infrastructure there are: a folder of components/ and a line each, by the name that `provider.kind` has. */
export const infrastructureKinds = {
  libvirt,
};

/** Of an experiment that names none. */
export const usualKind = "libvirt" satisfies keyof typeof infrastructureKinds;
