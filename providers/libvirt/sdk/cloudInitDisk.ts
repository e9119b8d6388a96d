// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";

export interface CloudInitDiskArgs {
  /** Name of the volume. Default: the resource's name. */
  name?: pulumi.Input<string | undefined>;
  /** Name of the pool. Default: "default". */
  pool?: pulumi.Input<string | undefined>;
  /** The file user-data. Secret. */
  userData?: pulumi.Input<string | undefined>;
  /** The file meta-data. Default: an instance-id that is the disk's name. */
  metaData?: pulumi.Input<string | undefined>;
  /** The file network-config. Default: none. */
  networkConfig?: pulumi.Input<string | undefined>;
}

/**
 * The disk that tells a machine at its first boot who it is: an ISO image for cloud-init's NoCloud data source. Its id
 * is its key in libvirt: in a directory, its path.
 */
export class CloudInitDisk extends pulumi.CustomResource {
  /** Name of the volume. Default: the resource's name. */
  declare readonly name: pulumi.Output<string>;
  /** Name of the pool. Default: "default". */
  declare readonly pool: pulumi.Output<string>;
  /** The file user-data. Secret. */
  declare readonly userData: pulumi.Output<string | undefined>;
  /** The file meta-data. Default: an instance-id that is the disk's name. */
  declare readonly metaData: pulumi.Output<string | undefined>;
  /** The file network-config. Default: none. */
  declare readonly networkConfig: pulumi.Output<string | undefined>;
  /** Size of the disk, bytes. */
  declare readonly size: pulumi.Output<number | undefined>;
  /**
   * Name of the empty volume beside it that says whose it is. None has an imported one, and one that an older version
   * made.
   */
  declare readonly mark: pulumi.Output<string | undefined>;

  constructor(name: string, args: CloudInitDiskArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      "libvirt:index/cloudInitDisk:CloudInitDisk",
      name,
      {
        name: undefined,
        pool: undefined,
        metaData: undefined,
        networkConfig: undefined,
        ...args,
        userData: args.userData === undefined ? undefined : pulumi.secret(args.userData),
        size: undefined,
        mark: undefined,
      },
      opts,
    );
  }
}
