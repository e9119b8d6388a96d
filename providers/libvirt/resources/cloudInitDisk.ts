import { z } from "zod";
import { resource } from "../../kit/crud.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { buildSeed } from "./seedImage.ts";
import { objectName } from "./names.ts";
import {
  createVolume,
  deleteVolume,
  findPool,
  findVolume,
  findVolumeById,
  uploadVolume,
  volumeFacts,
} from "./volumes.ts";

const inputs = z.strictObject({
  name: objectName,
  pool: objectName,
  userData: z.string().optional(),
  metaData: z.string().optional(),
  networkConfig: z.string().optional(),
});

type CloudInitDiskInputs = z.infer<typeof inputs>;

/**
 * The small disk that tells a machine at its first boot who it is (cloud-init's NoCloud data source). Another content
 * is another identity: it makes a new disk, and a new machine where one has it among its disks.
 */
export const cloudInitDisk = resource<CloudInitDiskInputs, object, Libvirt>({
  token: "libvirt:index/cloudInitDisk:CloudInitDisk",
  inputs,
  complete: (given, { name }) => ({ name, pool: "default", ...given }),
  secrets: ["userData"],
  replaceOn: [],

  async create({ context }, given) {
    const pool = await findPool(context, given.pool);
    const image = await buildSeed({
      "user-data": given.userData ?? "",
      "meta-data": given.metaData ?? `instance-id: ${given.name}\n`,
      "network-config": given.networkConfig,
    });
    // Whatever a killed run left may be half a seed: as it is small, it is simply written again.
    let ref = await findVolume(context, pool, given.name);
    if (ref && (await volumeFacts(context, ref)).capacity !== image.length) {
      await deleteVolume(context, ref);
      ref = undefined;
    }
    ref ??= await createVolume(context, pool, { name: given.name, format: "raw", capacity: image.length });
    await uploadVolume(context, ref, pieces(image), image.length);
    return { id: ref.key, outputs: {} };
  },

  async read({ context }, id, state) {
    const ref = await findVolumeById(context, id);
    if (!ref) return undefined;
    return { inputs: { ...state.inputs, name: ref.name, pool: ref.pool }, outputs: {} };
  },

  async delete({ context }, id) {
    await deleteVolume(context, await findVolumeById(context, id));
  },
});

async function* pieces(image: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(image);
}
