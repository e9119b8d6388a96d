// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";
import type { PoolTarget } from "./types.ts";

export interface PoolArgs {
  /** Name in libvirt. Default: the resource's name. */
  name?: pulumi.Input<string | undefined>;
  /** Only "dir". */
  type: pulumi.Input<string>;
  /** Where it is. */
  target: pulumi.Input<PoolTarget>;
}

/**
 * A directory on the host that holds disks. A pool of this name and directory that was there is used, and left. One
 * that was not is made, with the directory if that is missing, and removed at the end if nothing of others is in it.
 */
export class Pool extends pulumi.CustomResource {
  /** Name in libvirt. Default: the resource's name. */
  declare readonly name: pulumi.Output<string>;
  /** Only "dir". */
  declare readonly type: pulumi.Output<string>;
  /** Where it is. */
  declare readonly target: pulumi.Output<pulumi.Unwrap<PoolTarget>>;
  /** Size of the file system, bytes. */
  declare readonly capacity: pulumi.Output<number>;
  /** Used space of the file system, bytes. */
  declare readonly allocation: pulumi.Output<number>;
  /** Free space of the file system, bytes. */
  declare readonly available: pulumi.Output<number>;
  /**
   * What goes with the resource: "made" (the pool and its directory), "defined" (the pool; its directory was there),
   * "found" (nothing: the pool was there), "imported" (the pool, as the user has said).
   */
  declare readonly origin: pulumi.Output<string | undefined>;

  constructor(name: string, args: PoolArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "libvirt:index/pool:Pool",
      name,
      { name: undefined, ...args, capacity: undefined, allocation: undefined, available: undefined, origin: undefined },
      opts,
    );
  }
}
