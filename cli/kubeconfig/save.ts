import { mkdir, readlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { writeWhole } from "../../local/writeWhole.ts";

/**
 * Writes a file that its owner alone can read, from the first byte on, and never half. A link stays one: what it names is
 * written, as many keep ~/.kube/config elsewhere.
 */
export async function savePrivately(name: string, text: string): Promise<void> {
  const file = await behindLinks(name);
  await mkdir(dirname(file), { recursive: true });
  writeWhole(file, text, 0o600);
}

/** As many links as the kernel follows. */
const mostLinks = 40;

async function behindLinks(name: string): Promise<string> {
  let file = name;
  for (let links = 0; links < mostLinks; links++) {
    const target = await readlink(file).catch((error: unknown) => {
      // No link, or nothing there yet.
      if (["EINVAL", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
      throw error;
    });
    if (target === undefined) return file;
    file = resolve(dirname(file), target);
  }
  throw new Error(`${name}: too many links, one to another; choose another file by --output`);
}
