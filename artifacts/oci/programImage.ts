import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hostDistribution } from "../sources/host.ts";
import type { Programs } from "../sources/goModule.ts";
import type { Progress } from "../store/progress.ts";
import { writeArchive } from "./archive.ts";
import { buildLayer, type LayerRecipe } from "./layer.ts";
import { packetFilterLayer } from "./packetFilterLayer.ts";

/** An image that holds one statically linked program. */
export interface ProgramImage {
  /** Full name with tag. */
  image: string;
  /** The build that gave the program. */
  programs: Programs;
  program: string;
  /** Where the image has it; the entrypoint. */
  path: string;
  /** Whether iptables and nft are in the image. */
  packetFilters: boolean;
  /** What it was made of, for who inspects the image. */
  builtFrom: string;
}

/** As official images have it: kubeadm's manifests name programs without their folder. */
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Writes the image as an OCI archive, from layers of the store.
 *
 * @returns the digest of its manifest.
 */
export async function writeProgramImage(
  wanted: ProgramImage,
  archive: string,
  progress: Progress | undefined,
): Promise<string> {
  const distribution = hostDistribution();
  const recipes = [...(wanted.packetFilters ? [packetFilterLayer(distribution)] : []), programLayer(wanted)];
  const layers = [];
  for (const recipe of recipes) layers.push(await buildLayer(recipe, progress));
  const config = {
    architecture: distribution.architecture,
    entrypoint: [wanted.path],
    environment: { PATH: searchPath },
    workingDirectory: "/",
    labels: { "strata.built-from": wanted.builtFrom },
  };
  return writeArchive(wanted.image, config, layers, archive);
}

function programLayer({ programs, program, path }: ProgramImage): LayerRecipe {
  return {
    name: program,
    inputs: { programs: programs.key, program, path },
    fill: (root) => {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      copyFileSync(join(programs.directory, program), file);
      chmodSync(file, 0o755);
      for (const directory of ["etc", "tmp"]) mkdirSync(join(root, directory));
      chmodSync(join(root, "tmp"), 0o1777);
      writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/:/nonexistent\nnobody:x:65534:65534::/:/nonexistent\n");
      writeFileSync(join(root, "etc/group"), "root:x:0:\nnobody:x:65534:\n");
      return Promise.resolve();
    },
  };
}
