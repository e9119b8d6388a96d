import * as pulumi from "@pulumi/pulumi";

export interface VolumeArgs {
  /** Name in its pool. Default: the resource's name. */
  name?: pulumi.Input<string>;
  /** Name of the pool. Default: "default". */
  pool?: pulumi.Input<string>;
  /** Absolute path (or file:// URL) of a qcow2 or raw image on this machine, which is uploaded. */
  source?: pulumi.Input<string>;
  /**
   * SHA-256 of the source, which says that nobody changes it: where the daemon sees the same file system, the volume then
   * shares the file's bytes (a hard link, under an overlay) instead of getting a copy. Not where the daemon changes the
   * owner of disks (dynamic_ownership), which would be the source's too.
   */
  sourceSha256?: pulumi.Input<string>;
  /** When the source was last modified while it had sourceSha256, ms since 1970; one modified since is read and checked. */
  sourceModifiedMs?: pulumi.Input<number>;
  /** Id of the volume that this one is a qcow2 overlay of. */
  baseVolumeId?: pulumi.Input<string>;
  /** Name of that volume, in place of its id. */
  baseVolumeName?: pulumi.Input<string>;
  /** The pool of baseVolumeName. Default: the same pool. */
  baseVolumePool?: pulumi.Input<string>;
  /** "qcow2" or "raw". Default: that of the source, else qcow2. */
  format?: pulumi.Input<string>;
  /** Size that a machine sees, bytes. Default: that of the base volume; never given with a source. */
  size?: pulumi.Input<number>;
}

/** A disk in a pool: empty, a copy of a local file, or an overlay of another volume. Its id is its path on the host. */
export class Volume extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly pool: pulumi.Output<string>;
  declare readonly format: pulumi.Output<string>;
  declare readonly size: pulumi.Output<number>;

  constructor(name: string, args: VolumeArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "libvirt:index/volume:Volume",
      name,
      { name: undefined, pool: undefined, format: undefined, size: undefined, ...args },
      opts,
    );
  }
}
