// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";

export interface VolumeArgs {
  /** Name in its pool. Default: the resource's name. */
  name?: pulumi.Input<string | undefined>;
  /** Name of the pool. Default: "default". */
  pool?: pulumi.Input<string | undefined>;
  /** Absolute path (or file:// URL) of a qcow2 or raw image on this machine, which is uploaded. */
  source?: pulumi.Input<string | undefined>;
  /**
   * SHA-256 of the source, which says that nobody changes it: where the daemon sees the same file system, the volume
   * then shares the file's bytes (a hard link, under an overlay) instead of getting a copy. Not where the daemon
   * changes the owner of disks (dynamic_ownership), which would be the source's too.
   */
  sourceSha256?: pulumi.Input<string | undefined>;
  /**
   * When the source was last modified while it had sourceSha256, milliseconds since 1970; one that was modified since
   * is read and checked.
   */
  sourceModifiedMs?: pulumi.Input<number | undefined>;
  /** Id of the volume that this one is a qcow2 overlay of. */
  baseVolumeId?: pulumi.Input<string | undefined>;
  /** Name of that volume, in place of its id. */
  baseVolumeName?: pulumi.Input<string | undefined>;
  /** The pool of baseVolumeName. Default: the same pool. */
  baseVolumePool?: pulumi.Input<string | undefined>;
  /** "qcow2" or "raw". Default: that of the source, else qcow2. */
  format?: pulumi.Input<string | undefined>;
  /** Size that a machine sees, bytes. Default: that of the base volume; never given with a source. */
  size?: pulumi.Input<number | undefined>;
}

/**
 * A disk in a pool: empty, a copy of a local file, or an overlay of another volume. Its id is its key in libvirt: in a
 * directory, its path.
 */
export class Volume extends pulumi.CustomResource {
  /** Name in its pool. Default: the resource's name. */
  declare readonly name: pulumi.Output<string>;
  /** Name of the pool. Default: "default". */
  declare readonly pool: pulumi.Output<string>;
  /** Absolute path (or file:// URL) of a qcow2 or raw image on this machine, which is uploaded. */
  declare readonly source: pulumi.Output<string | undefined>;
  /**
   * SHA-256 of the source, which says that nobody changes it: where the daemon sees the same file system, the volume
   * then shares the file's bytes (a hard link, under an overlay) instead of getting a copy. Not where the daemon
   * changes the owner of disks (dynamic_ownership), which would be the source's too.
   */
  declare readonly sourceSha256: pulumi.Output<string | undefined>;
  /**
   * When the source was last modified while it had sourceSha256, milliseconds since 1970; one that was modified since
   * is read and checked.
   */
  declare readonly sourceModifiedMs: pulumi.Output<number | undefined>;
  /** Id of the volume that this one is a qcow2 overlay of. */
  declare readonly baseVolumeId: pulumi.Output<string | undefined>;
  /** Name of that volume, in place of its id. */
  declare readonly baseVolumeName: pulumi.Output<string | undefined>;
  /** The pool of baseVolumeName. Default: the same pool. */
  declare readonly baseVolumePool: pulumi.Output<string | undefined>;
  /** "qcow2" or "raw". */
  declare readonly format: pulumi.Output<string>;
  /** Size that a machine sees, bytes. */
  declare readonly size: pulumi.Output<number>;
  /**
   * Name of the empty volume beside it that says whose it is. None has an imported one, and one that an older version
   * made.
   */
  declare readonly mark: pulumi.Output<string | undefined>;

  constructor(name: string, args: VolumeArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      "libvirt:index/volume:Volume",
      name,
      {
        name: undefined,
        pool: undefined,
        source: undefined,
        sourceSha256: undefined,
        sourceModifiedMs: undefined,
        baseVolumeId: undefined,
        baseVolumeName: undefined,
        baseVolumePool: undefined,
        format: undefined,
        size: undefined,
        ...args,
        mark: undefined,
      },
      opts,
    );
  }
}
