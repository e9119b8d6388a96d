// Resources that later steps change, replace, remove and fail to make.
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";

const step = new pulumi.Config().requireNumber("step");
const pool = new libvirt.Pool("disks", { name: "disks", type: "dir", target: { path: "/bench" } });
const volume = (
  name: string,
  size: number,
  opts: pulumi.CustomResourceOptions = {},
  inPool: pulumi.Input<string> = pool.name,
) => new libvirt.Volume(name, { name, pool: inPool, size }, opts);

const tier = new pulumi.ComponentResource("test:index:Tier", "tier", { step });
const replaced = volume("replaced", step < 2 ? 1 : 2, { deleteBeforeReplace: true });
const dependent = volume("dependent", 1, { parent: tier, dependsOn: replaced });
if (step < 2) volume("removed", 1, { parent: tier });
else volume("added", 1, { parent: tier, dependsOn: dependent, aliases: [{ name: "formerly" }] });
new libvirt.CloudInitDisk("seed", {
  name: `seed-${step < 2 ? 1 : 2}`,
  pool: pool.name,
  userData: pulumi.secret("#cloud-config\n"),
});
if (step === 3) volume("impossible", 1, {}, "no-such-pool");
(tier as unknown as { registerOutputs: (outputs: object) => void }).registerOutputs({ step });

export const sizes = [replaced.size, dependent.size];
