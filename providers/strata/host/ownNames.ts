import { recordedPlace } from "../../../local/place.ts";

/** What a stack's things on the embedded host are called, as the testbed's plan names them. */
export interface OwnNames {
  /** Its pool and its network. */
  shared: string;
  /** Folder of its pool. */
  directory: string;
  isMachine: (name: string) => boolean;
  /** Whether a file of the pool's folder, or one that libvirt keeps of a machine, is of its making. */
  isFile: (name: string) => boolean;
}

export function ownNames(stack: string, place = recordedPlace(stack)?.id ?? ""): OwnNames {
  const end = place === "" ? "" : `@${place}`;
  // "lab-cloud-0" is of "lab", though there be a stack "lab-cloud".
  const machine = `${stack.replaceAll(".", "\\.")}-(cloud|edge|endpoint)-\\d+${end}`;
  const whole = new RegExp(`^${machine}$`);
  const file = new RegExp(`^(${machine}([._-].*)?|image-[0-9a-f]+-(disk|kernel|initramfs)(\\..*)?|\\.strata.*)$`);
  return {
    shared: `strata-${stack}${end}`,
    directory: `${stack}${end}`,
    isMachine: (name) => whole.test(name),
    isFile: (name) => file.test(name),
  };
}
