import * as pulumi from "@pulumi/pulumi";
import type { PoolTarget } from "./types.ts";

export interface PoolArgs {
  /** Name in libvirt. Default: the resource's name. */
  name?: pulumi.Input<string>;
  /** Only "dir". */
  type: pulumi.Input<string>;
  target: pulumi.Input<PoolTarget>;
}

/** A directory on the host that holds disks; made if it is missing, removed at the end if nothing is left in it. */
export class Pool extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly target: pulumi.Output<{ path: string }>;
  /** Size of the file system, bytes. */
  declare readonly capacity: pulumi.Output<number>;
  /** Free space of the file system, bytes. */
  declare readonly available: pulumi.Output<number>;

  constructor(name: string, args: PoolArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "libvirt:index/pool:Pool",
      name,
      { name: undefined, capacity: undefined, available: undefined, ...args },
      opts,
    );
  }
}
