#!/bin/sh
# Writes the machines' initramfs: busybox, our init and the kernel modules that reach disk, network, seed and power
# button.
# usage: initramfs.sh ROOTFS FILES OUTPUT   (as root: asks the root file system's own kmod, in a chroot)
set -eu
rootfs=$1 files=$2 output=$3
# The last ones make the power button an input device, and the port through which a saved machine gets its identity:
# nothing in the machine loads modules for devices.
modules="virtio_pci virtio_blk virtio_net isofs button evdev virtio_console"
kernel=$(ls "$rootfs/lib/modules")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

mkdir -p "$tree/bin" "$tree/modules" "$tree/root" "$tree/seed" "$tree/proc" "$tree/sys" "$tree/dev"
cp "$rootfs/bin/busybox" "$tree/bin/busybox"
for applet in $(chroot "$rootfs" busybox --list); do [ "$applet" = busybox ] || ln -s busybox "$tree/bin/$applet"; done
cp "$files/init" "$tree/init"
cp "$files/identity.sh" "$files/parse-network.awk" "$files/parse-keys.awk" "$tree/"
chmod 755 "$tree/init"

# "insmod FILE" lines for what is a module, "builtin NAME" for what the kernel holds already; dependencies first.
for module in $modules; do chroot "$rootfs" modprobe --set-version "$kernel" --show-depends "$module"; done |
  while read -r verb file _; do
    [ "$verb" = insmod ] || continue
    name=${file##*/}
    [ ! -e "$tree/modules/$name" ] || continue
    cp "$rootfs$file" "$tree/modules/$name"
    echo "$name" >> "$tree/modules/order"
  done

find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
(cd "$tree" && find . | LC_ALL=C sort | cpio --create --format=newc --owner=0:0 --reproducible --quiet) | gzip -9n > "$output"
