# Gives a machine the identity that its NoCloud seed holds: name, address, ssh keys. Read by the initramfs's init at every
# boot, and by `identify` in a machine that was saved before it had one.
# Expects: fail (a function that ends the program), parsers (directory of the awk programs), target (where the root file
# system is), and the seed mounted at $seed_files.

# Not empty: the device still has the hardware address of the machine that was saved, and gets the seed's.
takes_address=

# The disk whose ISO 9660 volume label is cidata. Prints nothing where there is none.
find_seed() {
  for disk in /dev/vd[b-z] /dev/sr[0-9]; do
    [ -b "$disk" ] || continue
    label=$(dd if="$disk" bs=1 skip=32808 count=6 2>/dev/null)
    case $label in cidata | CIDATA) echo "$disk"; return ;; esac
  done
}

# The network device with this hardware address, or the only one.
find_device() {
  only=
  for path in /sys/class/net/*; do
    device=${path##*/}
    [ "$device" != lo ] || continue
    read -r address < "$path/address"
    [ "$address" != "$1" ] || { echo "$device"; return; }
    only="$only $device"
  done
  set -- $only
  [ $# -ne 1 ] || echo "$1"
}

# Gives the machine's network device the name eth0, whatever the kernel called it.
name_device() {
  [ "$1" != eth0 ] || return 0
  [ ! -e /sys/class/net/eth0 ] || ip link set eth0 name "other0"
  ip link set "$1" name eth0
}

set_network() {
  eval "$(awk -f "$parsers/parse-network.awk" "$seed_files/network-config")"
  [ -n "$addresses" ] || fail "no address in the seed's network-config"
  device=$(find_device "$mac")
  [ -n "$device" ] || fail "no network device with the seed's hardware address $mac"
  name_device "$device"
  [ -z "$takes_address" ] || ip link set eth0 address "$mac"
  ip link set lo up
  for address in $addresses; do ip address add "$address" brd + dev eth0 || fail "cannot set address $address"; done
  ip link set eth0 up
  [ -z "$gateway" ] || ip route add default via "$gateway" dev eth0
}

read_name() {
  name= instance= parks=
  while read -r key value || [ -n "$key" ]; do
    value=${value#[\"\']} value=${value%[\"\']}
    case $key in local-hostname:) name=$value ;; instance-id:) instance=$value ;; strata-parks:) parks=$value ;; esac
  done < "$seed_files/meta-data"
  case $name in '' | *[!A-Za-z0-9.-]*) fail "no local-hostname in the seed's meta-data" ;; esac
}

set_name() {
  hostname "$name"
  echo "$name" > "$target/etc/hostname"
  printf '127.0.0.1 localhost\n::1 localhost\n%s %s\n' "${addresses%%/*}" "$name" > "$target/etc/hosts"
  write_machine_id
}

# systemd's own identity of the machine, 32 hex digits: the same at every boot, another for every machine.
write_machine_id() {
  set -- $(echo "$instance" | md5sum)
  echo "$1" > "$target/etc/machine-id"
}

set_keys() {
  umask 077
  [ -d "$target/root/.ssh" ] || mkdir "$target/root/.ssh"
  awk -v key=ed25519_private -f "$parsers/parse-keys.awk" "$seed_files/user-data" > "$target/etc/ssh/ssh_host_ed25519_key"
  awk -v key=ed25519_public -f "$parsers/parse-keys.awk" "$seed_files/user-data" > "$target/etc/ssh/ssh_host_ed25519_key.pub"
  awk -v key=ssh_authorized_keys -f "$parsers/parse-keys.awk" "$seed_files/user-data" > "$target/root/.ssh/authorized_keys"
  umask 022
  [ -s "$target/etc/ssh/ssh_host_ed25519_key" ] || fail "no ssh host key in the seed's user-data"
  [ -s "$target/root/.ssh/authorized_keys" ] || fail "no ssh_authorized_keys in the seed's user-data"
}
