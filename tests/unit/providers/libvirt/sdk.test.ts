import type * as libvirt from "@pulumi/libvirt";
import { resources } from "../../../../providers/libvirt/parts.ts";
import type { CloudInitDiskInputs } from "../../../../providers/libvirt/resources/cloudInitDisk.ts";
import type { DomainInputs } from "../../../../providers/libvirt/resources/domainInputs.ts";
import type { NetworkInputs } from "../../../../providers/libvirt/resources/network.ts";
import type { PoolInputs } from "../../../../providers/libvirt/resources/pool.ts";
import type { VolumeInputs } from "../../../../providers/libvirt/resources/volumeInputs.ts";
import type { SameInputs } from "../../../support/sameInputs.ts";

const same: {
  Network: SameInputs<libvirt.NetworkArgs, NetworkInputs, "name">;
  Pool: SameInputs<libvirt.PoolArgs, PoolInputs, "name">;
  Volume: SameInputs<libvirt.VolumeArgs, VolumeInputs, "name" | "pool">;
  CloudInitDisk: SameInputs<libvirt.CloudInitDiskArgs, CloudInitDiskInputs, "name" | "pool">;
  Domain: SameInputs<libvirt.DomainArgs, DomainInputs, "name">;
} = { Network: true, Pool: true, Volume: true, CloudInitDisk: true, Domain: true };

test("every class takes what check accepts (tsc compares the types)", () => {
  expect(Object.keys(same)).toEqual(resources.map(({ token }) => token.split(":").at(-1)));
});
