import { chownSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedHost } from "../../../local/embeddedHost.ts";
import { kvmProblem } from "../../kit/plain/kvm.ts";

/** Numbers of a user and a group; no name belongs to them. */
export interface QemuUser {
  uid: number;
  gid: number;
  /** Whether this user may open /dev/kvm, or there is none. */
  mayUseKvm: boolean;
}

/**
 * Below lie the users that systemd gives to containers (up to 1,879,048,191), above what a signed number of 32 bits holds
 * (https://systemd.io/UIDS-GIDS). A host's six digits of identity are less than 16.8 million.
 */
const firstUser = 1_900_000_000;

/**
 * The user that the QEMU processes of an embedded host run as: one a host, with no other process or file on this machine.
 *
 * @param device what QEMU opens for KVM; with it come its permissions.
 * @returns undefined where it has to be root: in a user namespace that has no such user, or where KVM works for root only.
 */
export function qemuUser({ id, runDirectory }: EmbeddedHost, device = "/dev/kvm"): QemuUser | undefined {
  const uid = firstUser + Number.parseInt(id, 16);
  if (!mayOwnFiles(runDirectory, uid)) return undefined;
  const found = statSync(device, { throwIfNoEntry: false });
  if (found === undefined || (found.mode & 0o006) === 0o006) return { uid, gid: uid, mayUseKvm: true };
  if ((found.mode & 0o060) === 0o060 && found.gid !== 0) return { uid, gid: found.gid, mayUseKvm: true };
  return kvmProblem("self") === undefined ? undefined : { uid, gid: uid, mayUseKvm: false };
}

function mayOwnFiles(directory: string, uid: number): boolean {
  const probe = join(directory, `.user-${process.pid}`);
  try {
    writeFileSync(probe, "", { flag: "wx" });
    chownSync(probe, uid, uid);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { force: true });
  }
}

/**
 * libvirt's hook for machines (https://libvirt.org/hooks.html), which it runs as root before it starts one. The disks of
 * the machine become QEMU's own; what else is in their pool (images, under several machines' disks) stays root's, which its
 * group may read; but no other machine's seed, which holds its keys. What QEMU may write is not looked into: a machine could have put any file's name there.
 */
export function disksHook({ uid, gid }: QemuUser, { dataDirectory }: EmbeddedHost): string {
  return `#!/bin/sh
[ "$2" = prepare ] || exit 0
awk -F "'" '/<disk /{top = 1} /<source file=/ && top {print $2; top = 0}' |
  grep -E '^${dataDirectory}/[A-Za-z0-9@_-][A-Za-z0-9@._-]*/[A-Za-z0-9@._-]+$' |
  while read -r file; do
    [ -f "$file" ] && ! [ -L "$file" ] || continue
    chown ${uid}:${gid} "$file"
    chmod 600 "$file"
    find "\${file%/*}" -maxdepth 1 -type f -user 0 ! -name '*.iso' ! -perm -o=r ! -group ${gid} -exec chgrp ${gid} {} + -exec chmod g+r {} +
  done
exit 0
`;
}
