import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { imageFile, itemEntry, type Item } from "../../../artifacts/mirror/item.ts";
import { writeArchive, type ImageConfig } from "../../../artifacts/oci/archive.ts";
import { buildLayer } from "../../../artifacts/oci/layer.ts";
import { buildEntry } from "../../../artifacts/store/build.ts";
import type { Entry } from "../../../artifacts/store/entry.ts";

/** Puts an item into the store whose programs, or whose image's one file, say what they stand for. */
export function storeFake(item: Item): Promise<Entry> {
  return buildEntry({
    name: itemEntry(item),
    what: item.title,
    neededBytes: 1,
    limitSeconds: 5,
    make: async (directory) => {
      const origin = { artifact: item.name, version: item.version, source: "built", from: "a test" };
      if (item.kind === "file") {
        for (const name of item.files)
          writeFileSync(join(directory, name), `${name} of ${item.title}\n`, { mode: 0o755 });
        return origin;
      }
      return { ...origin, digest: await writeFakeImage(item.image, join(directory, imageFile)) };
    },
  });
}

/** @returns the manifest's digest. */
export async function writeFakeImage(image: string, archive: string): Promise<string> {
  const layer = await buildLayer(
    {
      name: "fake",
      inputs: image,
      fill: (root) => {
        mkdirSync(join(root, "etc"), { recursive: true });
        writeFileSync(join(root, "etc/motd"), image);
        return Promise.resolve();
      },
    },
    undefined,
  );
  mkdirSync(dirname(archive), { recursive: true });
  const config: ImageConfig = { architecture: "amd64", entrypoint: ["/x"], environment: {}, workingDirectory: "/" };
  return writeArchive(image, config, [layer], archive);
}
