#!/bin/sh
# Installs packages into a fresh root file system: rootfs.tar and packages.txt (name, tab, version) in OUTPUT.
#
# usage: bootstrap.sh OUTPUT    (as root, in mount and process namespaces of its own: mmdebstrap can leave proc mounted)
# environment: SUITE, MIRRORS (a file with one-line apt sources), PACKAGES (comma separated), SOURCE_DATE_EPOCH
set -eu
# For a hook below, whose shell is another one.
export output=$1
TMPDIR=$output/work
export TMPDIR
mkdir "$TMPDIR"
mmdebstrap --quiet --mode=root --variant=minbase --format=tar --include="$PACKAGES" \
  --aptopt='APT::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/lib/firmware/*' --dpkgopt='path-exclude=/usr/lib/firmware/*' \
  --customize-hook='chroot "$1" dpkg-query --show > "$output/packages.txt"' \
  --customize-hook='rm -rf "$1"/boot/initrd* "$1"/var/cache/*' \
  "$SUITE" "$output/rootfs.tar" - < "$MIRRORS"
rm -rf "$TMPDIR" "$MIRRORS"
