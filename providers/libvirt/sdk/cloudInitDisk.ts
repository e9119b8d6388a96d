import * as pulumi from "@pulumi/pulumi";

export interface CloudInitDiskArgs {
  /** Name of the volume. Default: the resource's name. */
  name?: pulumi.Input<string>;
  /** Name of the pool. Default: "default". */
  pool?: pulumi.Input<string>;
  /** The file user-data. Secret. */
  userData?: pulumi.Input<string>;
  /** The file meta-data. Default: an instance-id that is the disk's name. */
  metaData?: pulumi.Input<string>;
  /** The file network-config. Default: none. */
  networkConfig?: pulumi.Input<string>;
}

/** The disk that tells a machine at its first boot who it is (cloud-init's NoCloud). Its id is its path on the host. */
export class CloudInitDisk extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly pool: pulumi.Output<string>;

  constructor(name: string, args: CloudInitDiskArgs = {}, opts?: pulumi.CustomResourceOptions) {
    const userData = args.userData === undefined ? undefined : pulumi.secret(args.userData);
    super(
      "libvirt:index/cloudInitDisk:CloudInitDisk",
      name,
      { name: undefined, pool: undefined, ...args, userData },
      opts,
    );
  }
}
