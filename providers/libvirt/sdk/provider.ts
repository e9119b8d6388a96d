// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";

export interface ProviderArgs {
  /**
   * URI of a libvirt daemon: qemu:///system or qemu+unix:///system?socket=/path of this machine,
   * qemu+ssh://user@host:port/system?keyfile=/path of another. Default: $LIBVIRT_DEFAULT_URI, else qemu:///system.
   */
  uri?: pulumi.Input<string | undefined>;
}

/** A connection to one libvirt daemon. */
export class Provider extends pulumi.ProviderResource {
  /**
   * URI of a libvirt daemon: qemu:///system or qemu+unix:///system?socket=/path of this machine,
   * qemu+ssh://user@host:port/system?keyfile=/path of another. Default: $LIBVIRT_DEFAULT_URI, else qemu:///system.
   */
  declare readonly uri: pulumi.Output<string | undefined>;

  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    super("libvirt", name, { uri: undefined, ...args }, opts);
  }
}
