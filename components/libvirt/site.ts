import * as libvirt from "@pulumi/libvirt";
import type * as pulumi from "@pulumi/pulumi";
import { Overlay } from "@strata/resources";
import type { machineImage } from "../../artifacts/machine-image/index.ts";
import type { LibvirtPlan } from "./plan/plan.ts";
import { suffix, type LibvirtHost } from "./host.ts";
import { uploadImage, type UploadedImage } from "./image.ts";

/** A host with what a testbed's machines share on it. */
export interface Site {
  host: LibvirtHost;
  pool: libvirt.Pool;
  network: libvirt.Network;
  image: UploadedImage;
  /** What has to be there before machines of different hosts find each other. */
  joined: pulumi.Resource[];
}

/**
 * Registers a host's storage pool, its part of the network, and its copy of the image.
 *
 * @param mtu largest packet of the machines' network in bytes, where it is not Ethernet's usual one.
 */
export function openSite(
  plan: LibvirtPlan,
  host: LibvirtHost,
  image: ReturnType<typeof machineImage>,
  mtu: number | undefined,
  opts: { parent: pulumi.Resource },
): Site {
  const { pool: poolName, network: networkName, bridge } = plan.onHost;
  const own = suffix(host.remote);
  const onHost = { ...opts, provider: host.provider };
  const pool = new libvirt.Pool(
    `pool${own}`,
    { name: poolName, type: "dir", target: { path: host.poolDirectory } },
    // All other resources of libvirt's come after the pool or the network.
    { ...onHost, dependsOn: host.running },
  );
  const network = new libvirt.Network(
    `network${own}`,
    {
      name: networkName,
      mode: "none",
      bridge,
      addresses: [plan.network.cidr],
      hostAddresses: [host.hostAddress],
      mtu,
      dhcp: { enabled: false },
      dns: { enabled: false },
      autostart: false,
    },
    { ...onHost, dependsOn: host.running },
  );
  return {
    host,
    pool,
    network,
    image: uploadImage(image, pool, host.mayShareFiles || host.remote !== undefined, own, onHost),
    joined: mtu === undefined || host.remote === undefined ? [] : [overlay(plan, host.remote, network, mtu, opts)],
  };
}

function overlay(
  { name, place, onHost }: LibvirtPlan,
  host: NonNullable<LibvirtHost["remote"]>,
  network: libvirt.Network,
  mtu: number,
  opts: { parent: pulumi.Resource },
): Overlay {
  const {
    bridge,
    overlay: { device, vni },
  } = onHost;
  const { uri, address: local, peers } = host;
  // Testbeds that were built before devices had marks keep theirs without.
  const owner = place === undefined ? undefined : `strata ${name} ${place}`;
  const end = { uri, device, bridge, vni, mtu, local, peers, networkId: network.id, owner };
  return new Overlay(`overlay${suffix(host)}`, end, { ...opts, dependsOn: network });
}
