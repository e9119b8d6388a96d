#!/bin/sh
# Starts libvirtd in the network and mount namespaces that this script finds itself in.
# $1: directory of what lives as long as the daemon; $2: directory of what survives a reboot; $3: directory of what the
# daemon finds out about the QEMU binaries, which takes it 3 s before the first machine starts. It checks by itself
# whether that still holds.
set -eu
run=$1
data=$2
cache=$3

# sysfs shows the network devices of the namespace that mounted it, and libvirt sets bridges up through it.
# The cgroups are mounted inside it: they have to come along.
if [ -d /sys/fs/cgroup ]; then
  mkdir -p "$run/cgroup"
  mount --rbind /sys/fs/cgroup "$run/cgroup"
  mount -t sysfs sysfs /sys
  mount --rbind "$run/cgroup" /sys/fs/cgroup
  umount -R -l "$run/cgroup"
fi

# libvirt has these paths built in. Bound here, the daemon shares nothing with one that the machine runs itself.
bind() {
  mkdir -p "$1" "$2"
  mount --bind "$1" "$2"
}
bind "$data/.libvirt/etc" /etc/libvirt
bind "$data/.libvirt/lib" /var/lib/libvirt
bind "$run/libvirt" /run/libvirt
bind "$cache" /var/cache/libvirt
bind "$run/log" /var/log/libvirt

# Directories that the distribution's package has, and libvirtd takes for granted.
mkdir -p /var/lib/libvirt/dnsmasq /var/log/libvirt/qemu

umask 022
exec libvirtd --daemon --config "$run/libvirtd.conf" --pid-file "$run/libvirtd.pid"
