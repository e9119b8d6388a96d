import { createHash } from "node:crypto";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { machineImage } from "../../artifacts/machine-image/index.ts";

/**
 * An image that a preview, which never boots it, takes for the real one: so that previews are measured on a machine
 * where none has been built.
 *
 * @param cache directory to put it into, for STRATA_CACHE.
 */
export function writeStandInImage(kinds: string[], cache: string): void {
  const { directory, key } = machineImage(kinds);
  const own = join(cache, basename(dirname(directory)), key);
  mkdirSync(own, { recursive: true });
  const files = Object.fromEntries(
    ["disk.qcow2", "vmlinuz", "initramfs.img"].map((name) => {
      writeFileSync(join(own, name), name);
      const { size, mtimeMs } = statSync(join(own, name));
      return [name, { sha256: createHash("sha256").update(name).digest("hex"), bytes: size, modifiedMs: mtimeMs }];
    }),
  );
  writeFileSync(join(own, "image.json"), JSON.stringify({ key, cmdline: "root=/dev/vda rw", files }));
}
