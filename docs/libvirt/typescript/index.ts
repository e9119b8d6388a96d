import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const directory = config.require("directory");

const pool = new libvirt.Pool("disks", { type: "dir", target: { path: directory } });
const network = new libvirt.Network("net", { addresses: ["10.17.3.0/24"], dhcp: { enabled: true } });
const image = new libvirt.Volume("image", { pool: pool.name, source: config.require("image") });

const disk = new libvirt.Volume("disk", { pool: pool.name, baseVolumeId: image.id, size: 8 * 2 ** 30 });
const seed = new libvirt.CloudInitDisk("seed", { pool: pool.name, userData: "#cloud-config\nhostname: one\n" });
const machine = new libvirt.Domain("machine", {
  memory: 512,
  memoryMaximum: 1024,
  vcpu: 1,
  cpuQuota: 0.5,
  disks: [{ volumeId: disk.id, diskWrite: 20_000_000 }],
  cloudinit: seed.id,
  networkInterfaces: [{ networkId: network.id }],
});

const host = libvirt.getHost();

export const name = machine.name;
export const acceleration = host.then((found) => found.acceleration);
