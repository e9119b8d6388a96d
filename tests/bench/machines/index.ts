// Machines as a testbed makes them, seven resources each, on libvirt's test driver. Nothing answers ssh there: what a testbed
// does in its machines is resources of a plugin that does nothing, with inputs of the same size.
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { leaveOutSdkDebugging } from "../../../program/sdkDebugging.ts";

leaveOutSdkDebugging();

class Thing extends pulumi.CustomResource {
  constructor(name: string, inputs: object, opts: pulumi.CustomResourceOptions) {
    super("noop:index/thing:Thing", name, { ...inputs }, opts);
  }
}

const config = new pulumi.Config();
const machines = config.requireNumber("machines");
const tier = new pulumi.ComponentResource("strata:index:Tier", "endpoint", { count: machines });
const provider = new libvirt.Provider("libvirt", { uri: config.require("uri") });
const opts = { parent: tier, provider };
const pool = new libvirt.Pool("pool", { name: "bench", type: "dir", target: { path: "/bench" } }, opts);
const network = new libvirt.Network(
  "network",
  { mode: "none", addresses: ["10.83.0.0/16"], dhcp: { enabled: false } },
  opts,
);
const image = new libvirt.Volume("image", { pool: pool.name, format: "qcow2", size: 2 ** 30 }, opts);
for (let index = 0; index < machines; index += 1) machine(`endpoint-${index}`, index);

function machine(name: string, index: number): void {
  const address = `10.83.${index >> 8}.${index & 255}`;
  const shown = { tier: "endpoint", address, cpus: 1, memoryMiB: 512 };
  const parent = new pulumi.ComponentResource("strata:index:Machine", name, shown, { parent: tier });
  const own = { parent, provider };
  const seed = new libvirt.CloudInitDisk(
    `${name}-seed`,
    {
      pool: pool.name,
      metaData: `instance-id: ${name}\nlocal-hostname: ${name}\n`,
      userData: `#cloud-config\nssh_authorized_keys: [ssh-ed25519 ${"A".repeat(68)}]\n`,
      networkConfig: `version: 2\nethernets:\n  lan: { match: { macaddress: "52:54:00:00:00:01" }, addresses: [${address}/16] }\n`,
    },
    own,
  );
  const disk = new libvirt.Volume(
    `${name}-disk`,
    { pool: pool.name, baseVolumeId: image.id, format: "qcow2", size: 2 ** 33 },
    own,
  );
  const domain = new libvirt.Domain(
    name,
    {
      vcpu: 1,
      memory: 512,
      disks: [{ volumeId: disk.id }, { volumeId: seed.id }],
      networkInterfaces: [{ networkId: network.id }],
    },
    own,
  );
  const reachable = new Thing(`${name}-reachable`, { machine: name, address, machineId: domain.id }, { parent });
  const after = { parent, dependsOn: reachable, deletedWith: domain };
  const link = { latencyMs: 7.5, jitterMs: 2, rateMbps: 20, lossPercent: 0.1, queuePackets: 100 };
  new Thing(
    `${name}-shaping`,
    { machine: name, address, device: "lan", machineId: domain.id, rules: { cloud: link, edge: link, endpoint: link } },
    after,
  );
  new Thing(
    `${name}-software`,
    {
      environment: { STRATA_MACHINE: name, STRATA_ADDRESS: address, STRATA_ROLE_workload: "0".repeat(200) },
      triggers: [domain.id],
    },
    after,
  );
}
