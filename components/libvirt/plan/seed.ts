import type { LibvirtMachinePlan } from "./plan.ts";

/** Keys in OpenSSH's text forms. */
export interface SeedKeys {
  /** Who may log in as root: one line, "ssh-ed25519 AAAA...". */
  publicKey: string;
  /** What the machine shows to clients, its private half in PEM lines. */
  host: { publicKey: string; privateKey: string };
}

/** The three files of a NoCloud seed (cloud-init's data source, on a disk labelled `cidata`): who a machine is. */
export interface MachineSeed {
  metaData: string;
  networkConfig: string;
  /** Apart, as keys are known later than the plan. */
  userData: (keys: SeedKeys) => string;
}

/**
 * Read by the initramfs of our own machine image, line by line, and by cloud-init in official images: so the layout is
 * one that both understand, values that YAML might read as numbers (a MAC address of digits is one) are quoted.
 */
export function machineSeed(
  machine: Pick<LibvirtMachinePlan, "name" | "address" | "mac" | "names">,
  prefixLength: number,
): MachineSeed {
  return {
    metaData: lines(`instance-id: ${machine.names.domain}`, `local-hostname: ${machine.name}`),
    networkConfig: lines(
      "version: 2",
      "ethernets:",
      "  eth0:",
      "    match:",
      `      macaddress: "${machine.mac}"`,
      "    addresses:",
      `      - ${machine.address}/${prefixLength}`,
    ),
    userData: ({ publicKey, host }) =>
      lines(
        "#cloud-config",
        "disable_root: false",
        "ssh_authorized_keys:",
        `  - ${publicKey.trim()}`,
        "ssh_keys:",
        "  ed25519_private: |",
        ...block(host.privateKey),
        "  ed25519_public: |",
        ...block(host.publicKey),
      ),
  };
}

const lines = (...all: string[]): string => `${all.join("\n")}\n`;

/** The lines of a YAML block literal. */
const block = (text: string): string[] =>
  text
    .trim()
    .split("\n")
    .map((line) => `    ${line.trimEnd()}`);
