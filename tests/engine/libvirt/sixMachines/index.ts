// Six machines that run, each on a disk of its own and with a seed, on one network: stack, pool, network, image, three of each.
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();

const pool = new libvirt.Pool("disks", { type: "dir", target: { path: config.require("pool") } });
const network = new libvirt.Network("net", { bridge: "br-t", addresses: ["10.77.0.0/16"] });
const image = new libvirt.Volume("image", { pool: pool.name, source: config.require("image") });
for (const name of ["m-0", "m-1", "m-2", "m-3", "m-4", "m-5"]) {
  const disk = new libvirt.Volume(`${name}-disk`, { pool: pool.name, baseVolumeId: image.id, size: 2 ** 24 });
  const seed = new libvirt.CloudInitDisk(`${name}-seed`, { pool: pool.name, userData: "#cloud-config\n" });
  new libvirt.Domain(name, {
    ...{ memory: 16, domainType: "qemu", graceful: 0 },
    disks: [{ volumeId: disk.id }, { volumeId: seed.id }],
    networkInterfaces: [{ networkId: network.id }],
  });
}
