#!/bin/sh
# Builds a machine image from a root file system with its packages: disk.qcow2, vmlinuz and initramfs.img in OUTPUT.
#
# usage: build.sh FILES OUTPUT      (as root, in mount and process namespaces of its own: what it mounts and starts
#                                    ends with it, however it ends)
# environment: ROOTFS (a tar, see bootstrap.sh), KINDS (folders of kinds of software, one a line), PROGRAMS (a file
#              of lines "mode target file"), CONTAINERS (a file of lines "namespace name archive"), DISK_MIB,
#              FILE_SYSTEM_ID (a UUID), SOURCE_DATE_EPOCH
# A line "phase: ..." on standard output says what is being done.
set -eu
files=$1 output=$2
work=$output/work
rootfs=$work/rootfs

phase() { echo "phase: $*"; }

# Sets a systemd unit or generator aside: a link to /dev/null in /etc hides the packaged one.
mask() { ln -sf /dev/null "$rootfs/etc/systemd/$1"; }

configure() {
  cp -R "$files/rootfs/." "$rootfs/"
  cp "$files/identity.sh" "$files/parse-network.awk" "$files/parse-keys.awk" "$rootfs/usr/lib/strata/"
  mkdir "$rootfs/usr/lib/strata/bin"
  for applet in awk cat dd hostname ip md5sum mkdir mount umount; do ln -s /bin/busybox "$rootfs/usr/lib/strata/bin/$applet"; done
  for directory in $(cd "$files/rootfs" && find . -type d); do chmod 755 "$rootfs/$directory"; done
  grep -v '^#' "$files/masked-units" | while read -r unit; do mask "system/$unit"; done
  printf '%s\n' "$KINDS" | while IFS= read -r kind; do
    # Most kinds of software add no files.
    [ -d "$kind" ] || continue
    [ ! -d "$kind/rootfs" ] || cp -R "$kind/rootfs/." "$rootfs/"
    [ ! -e "$kind/needed-units" ] || while read -r unit; do rm -f "$rootfs/etc/systemd/system/$unit"; done < "$kind/needed-units"
  done
  mkdir -p "$rootfs/etc/systemd/system-generators"
  for generator in "$rootfs"/lib/systemd/system-generators/*; do mask "system-generators/${generator##*/}"; done
  # Software of a role is started by the role, not by every machine that has it on its disk.
  for unit in mosquitto containerd; do
    [ ! -e "$rootfs/lib/systemd/system/$unit.service" ] || chroot "$rootfs" systemctl --quiet disable "$unit"
  done
  chroot "$rootfs" systemctl --quiet set-default multi-user.target
  chroot "$rootfs" systemctl --quiet enable power-button.socket
  # What differs between machines comes from their seeds.
  rm -rf "$rootfs"/etc/ssh/ssh_host_* "$rootfs/etc/machine-id" "$rootfs/etc/hostname" "$rootfs/var/lib/dbus/machine-id"
  rm -rf "$rootfs/var/log/journal" "$rootfs"/var/log/*.log "$rootfs"/var/log/apt "$rootfs"/var/cache/* "$rootfs"/boot/initrd*
  chroot "$rootfs" sh -c 'mkdir -p /run/sshd && ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key && /usr/sbin/sshd -t'
  rm -rf "$rootfs"/etc/ssh/ssh_host_* "$rootfs/run/sshd"
}

install_programs() {
  while read -r mode target file; do
    mkdir -p "$rootfs${target%/*}"
    cp "$file" "$rootfs$target"
    chmod "$mode" "$rootfs$target"
  done < "$PROGRAMS"
}

# The machine's search path: a containerd of ours wins over the distribution's.
image_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

in_image() { chroot "$rootfs" env PATH=$image_path "$@"; }

# Imports container images into the store of the image's own containerd, unpacked, so that machines start them at once.
import_containers() {
  mount -t proc proc "$rootfs/proc"
  mount -t tmpfs run "$rootfs/run"
  mount --bind /dev "$rootfs/dev"
  mkdir "$rootfs/run/archives"
  # Containers are only stored here: what would run them looks for a network and for the machine's cgroups.
  cat > "$rootfs/run/containerd.toml" << 'EOF'
version = 2
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime"]
EOF
  # Not by in_image: $! must be containerd itself.
  chroot "$rootfs" env PATH=$image_path containerd --config /run/containerd.toml --address /run/containerd.sock \
    --state /run/containerd --log-level error > "$work/containerd.log" 2>&1 &
  daemon=$!
  tries=0
  until in_image ctr --address /run/containerd.sock version > "$work/ctr.log" 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 150 ] || { echo "containerd did not answer within 30 s:" >&2; cat "$work/containerd.log" "$work/ctr.log" >&2; exit 1; }
    sleep 0.2
  done
  # Unpacked, images need their archives' layers no more: half of the disk's size, where this containerd can leave them.
  discard=
  ! in_image ctr images import --help | grep -q discard-unpacked-layers || discard="--local --discard-unpacked-layers"
  while read -r namespace name archive; do
    phase "importing container image $name"
    cp "$archive" "$rootfs/run/archives/image.tar"
    in_store() { in_image ctr --address /run/containerd.sock --namespace "$namespace" images "$@" < /dev/null; }
    in_store import --snapshotter overlayfs $discard /run/archives/image.tar
    [ "$namespace" = k8s.io ] || continue
    imported=${name#docker.io/strata/}
    if [ "$imported" != "$name" ]; then
      in_store tag "strata/$imported" "$name"
      in_store remove "strata/$imported"
    fi
    # Kubernetes' runtime takes no notice of images without it.
    in_store label "$name" io.cri-containerd.image=managed > "$work/ctr.log"
  done < "$CONTAINERS"
  rm "$rootfs/run/archives/image.tar"
  for namespace in $(cut -d ' ' -f 1 "$CONTAINERS" | sort -u); do
    [ -z "$discard" ] ||
      in_image ctr --address /run/containerd.sock --namespace "$namespace" content prune references > "$work/ctr.log"
  done
  kill "$daemon"
  wait "$daemon" || true
  umount "$rootfs/dev" "$rootfs/run" "$rootfs/proc"
}

phase "unpacking packages"
mkdir -p "$rootfs"
tar --extract --file "$ROOTFS" --directory "$rootfs" --xattrs --xattrs-include='*' --numeric-owner
touch "$work/begin"
phase "configuring"
configure
[ ! -s "$PROGRAMS" ] || phase "installing programs"
install_programs
[ ! -s "$CONTAINERS" ] || import_containers
phase "making the initramfs"
"$files/initramfs.sh" "$rootfs" "$files" "$output/initramfs.img"
cp "$rootfs"/boot/vmlinuz-* "$output/vmlinuz"
rm -rf "$rootfs"/boot/*
phase "making the disk"
# Files that the build itself made get the recipe's time: the same packages then give the same file system.
find "$rootfs" -newer "$work/begin" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
truncate --size "${DISK_MIB}M" "$work/disk.raw"
E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mke2fs -q -t ext4 -L strata -U "$FILE_SYSTEM_ID" \
  -E "hash_seed=$FILE_SYSTEM_ID,root_owner=0:0" -d "$rootfs" "$work/disk.raw"
qemu-img convert -f raw -O qcow2 "$work/disk.raw" "$output/disk.qcow2"
rm -rf "$work" "$PROGRAMS" "$CONTAINERS"
