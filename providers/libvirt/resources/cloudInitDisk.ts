import { Readable } from "node:stream";
import { z } from "zod";
import { resource } from "../../kit/crud.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { buildSeed } from "./seedImage.ts";
import { objectName } from "./names.ts";
import { deleteOwn, readOwn } from "./ownVolume.ts";
import { withoutUnset } from "./unset.ts";
import { makeMarked, markOutput } from "./volumeMark.ts";
import { createVolume, deleteVolume, findPool, uploadVolume, volumeFacts } from "./volumes.ts";

const inputs = z.strictObject({
  name: objectName.describe("Name of the volume. Default: the resource's name."),
  pool: objectName.describe('Name of the pool. Default: "default".'),
  userData: z.string().optional().describe("The file user-data. Secret."),
  metaData: z.string().optional().describe("The file meta-data. Default: an instance-id that is the disk's name."),
  networkConfig: z.string().optional().describe("The file network-config. Default: none."),
});

export type CloudInitDiskInputs = z.infer<typeof inputs>;

const outputs = z.strictObject({
  size: z.int().optional().describe("Size of the disk, bytes."),
  mark: markOutput,
});

type CloudInitDiskOutputs = z.infer<typeof outputs>;

/** Another content is another identity: it makes a new disk, and a new machine where one has it among its disks. */
export const cloudInitDisk = resource<CloudInitDiskInputs, CloudInitDiskOutputs, Libvirt>({
  token: "libvirt:index/cloudInitDisk:CloudInitDisk",
  description:
    "The disk that tells a machine at its first boot who it is: an ISO image for cloud-init's NoCloud " +
    "data source. Its id is its key in libvirt: in a directory, its path.",
  inputs,
  outputs,
  complete: (given, { name }) => ({
    ...{ name, pool: "default" },
    // An empty file is one too.
    ...withoutUnset(given, ["userData", "metaData", "networkConfig"]),
  }),
  secrets: ["userData"],
  replaceOn: [],

  async create(operation, given) {
    const { context } = operation;
    const pool = await findPool(context, given.pool);
    const image = await buildSeed({
      "user-data": given.userData ?? "",
      "meta-data": given.metaData ?? `instance-id: ${given.name}\n`,
      "network-config": given.networkConfig,
    });
    const { ref, mark } = await makeMarked(operation, pool, given.name, async (left) => {
      // Whatever a killed run left may be half a seed: as it is small, it is simply written again.
      const fits = left && (await volumeFacts(context, left)).capacity === image.length;
      if (left && !fits) await deleteVolume(context, left);
      const definition = { name: given.name, format: "raw", capacity: image.length } as const;
      const volume = left && fits ? left : await createVolume(context, pool, definition);
      await uploadVolume(context, volume, Readable.from([image]), image.length);
      return volume;
    });
    return { id: ref.key, outputs: { size: image.length, mark } };
  },

  async read({ context }, id, { inputs: given, outputs }) {
    const found = await readOwn(context, { id, mark: outputs.mark });
    if (!found) return undefined;
    return { inputs: { ...given, name: found.ref.name, pool: found.ref.pool }, outputs };
  },

  async delete({ context }, id, { outputs: { size, mark } }) {
    await deleteOwn(context, { id, size, mark });
  },
});
