/**
 * Inputs of upstream's provider (0.5.4) that this one does not take: why, and what to do instead. Each is refused by its
 * own sentence, so that nothing a program asks for is silently left out.
 */
const xslt =
  "libvirt's XML is not rewritten by XSLT here; what it was mostly used for are inputs: cpuQuota, cpuPinning, disks[].diskRead, machine, cpu.mode";
const ignition = "machines are set up by cloud-init here; write a CloudInitDisk and name it in cloudinit";
const direct =
  "attaching to the host's own network card goes round the bridge; name a bridge that the card is in, in bridge";

export const networkRefusals = {
  xml: xslt,
  routes: "routes of the host are the host's own business here; set them with `ip route` (mode route forwards to them)",
  dnsmasqOptions:
    "libvirt's dnsmasq takes no options of its own here; run a DNS or DHCP server of your own, with dhcp: { enabled: false }",
  "dns.forwarders": "the DNS server asks those that the host asks; set them in the host's /etc/resolv.conf",
  "dns.hosts":
    "names come from the machines' DHCP leases; write others into the machines' /etc/hosts, by a CloudInitDisk",
  "dns.srvs": "service records are not served; write the service's address into the program that looks for it",
  "dns.localOnly": "names of `domain` are never asked of another server, as if localOnly were true; leave it out",
};

export const poolRefusals = {
  xml: xslt,
  path: "upstream gave it up for target; write target: { path: ... }",
  source: "only directories are supported, which have no source; write the directory in target",
  allocation: "it is an output: the host says how much is used; leave it out",
  available: "it is an output: the host says how much is free; leave it out",
  capacity: "it is an output: the host says how large the file system is; leave it out",
};

export const volumeRefusals = { xml: xslt };

export const domainRefusals = {
  xml: xslt,
  bootDevices: "a machine boots its kernel, or else its first disk; put the disk to boot from first",
  coreosIgnition: ignition,
  fwCfgName: ignition,
  filesystems: "no folder of the host is shared; copy files in by a Volume or over ssh",
  firmware: "machines start with QEMU's own BIOS, or boot a kernel directly; leave it out",
  nvram: "it belongs to firmware, which is not supported; leave it out",
  graphics: "machines have no screen; use the serial console (`virsh console`) or ssh",
  video: "machines have no screen; use the serial console (`virsh console`) or ssh",
  tpm: "machines have no TPM; leave it out",
  metadata: "libvirt's metadata of the machine is where this provider keeps whose it is; write into description",
  qemuAgent: "no program in the machine is asked for its addresses; take a fixed address, or waitForLease",
  "consoles[].sourceHost": 'only pseudo-terminals are supported (type "pty"), which have no address',
  "consoles[].sourcePath": 'only pseudo-terminals are supported (type "pty"); libvirt chooses their paths',
  "consoles[].sourceService": 'only pseudo-terminals are supported (type "pty"), which have no port',
  "disks[].url": "disks come from volumes; download the image and make a Volume with it as source",
  "disks[].file":
    "disks come from volumes; make a Volume with the file as source, or one in a Pool of the file's directory",
  "disks[].blockDevice": "disks come from volumes; make a Volume in a Pool of a directory",
  "disks[].scsi": "disks are virtio disks, which need no controller; leave it out",
  "disks[].wwn": "only SCSI disks have one, and disks are virtio disks; leave it out",
  "networkInterfaces[].addresses":
    "no address is reserved at the DHCP server; give a fixed one by a CloudInitDisk's networkConfig",
  "networkInterfaces[].hostname":
    "the name comes from the machine; give it by a CloudInitDisk's metaData (local-hostname)",
  "networkInterfaces[].macvtap": direct,
  "networkInterfaces[].passthrough": direct,
  "networkInterfaces[].vepa": direct,
};
