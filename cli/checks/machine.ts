import { execa } from "execa";
import { accessSync, constants } from "node:fs";
import { cpus, release } from "node:os";
import { findEngine } from "../../setup/engine/find.ts";
import { hostPackages, testPackages } from "../../setup/hostPackages.ts";

/** Of the run itself, or said by what follows; and secrets, of which not even a hash belongs into the cache. */
const notOfTheMachine = /^STRATA_(TEST_PATIENCE|NODE|DEBUG)$|TOKEN|PASSPHRASE$/;

/** What of this machine and this user can change how a test ends, as text: versions, kernel, processor, rights, variables. */
export async function machineText(): Promise<string> {
  const packages = [...hostPackages, ...testPackages].map(({ name }) => name);
  const versions = await Promise.all([
    // On other distributions, or where they came another way.
    versionOf("qemu-system-x86_64", "--version"),
    versionOf("qemu-system-aarch64", "--version"),
    versionOf("libvirtd", "--version"),
    versionOf("ansible-playbook", "--version"),
    versionOf("dpkg-query", "--show", ...packages),
  ]);
  const variables = Object.entries(process.env)
    .filter(([name]) => /^(STRATA|PULUMI)_/.test(name) && !notOfTheMachine.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { source, version } = findEngine() ?? {};
  return JSON.stringify([
    process.version,
    process.arch,
    release(),
    cpus()[0]?.model,
    process.getuid?.(),
    canUse("/dev/kvm"),
    source,
    version,
    versions,
    variables,
  ]);
}

async function versionOf(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await execa(command, args, { reject: false, stdin: "ignore", timeout: 60_000 });
  return stdout;
}

function canUse(file: string): boolean {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
