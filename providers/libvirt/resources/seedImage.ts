import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { withTemporaryDirectory } from "../../kit/plain/privateDirectory.ts";

const run = promisify(execFile);
const buildSeconds = 60;

/** Programs that make ISO 9660 images, with the arguments that make them take mkisofs's. */
const programs: [command: string, ...prefix: string[]][] = [
  ["genisoimage"],
  ["mkisofs"],
  ["xorriso", "-as", "mkisofs"],
];

/**
 * An ISO 9660 image with the volume label "cidata", as cloud-init's NoCloud data source wants it
 * (https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html). Files without content are left out.
 * The texts may be secret: on their way they are in files that only this user can read, for a moment.
 */
export async function buildSeed(files: Record<string, string | undefined>): Promise<Buffer> {
  return withTemporaryDirectory("seed-", async (directory) => {
    const paths: string[] = [];
    for (const [name, text] of Object.entries(files)) {
      if (text === undefined) continue;
      const path = join(directory, name);
      await writeFile(path, text, { mode: 0o600 });
      paths.push(path);
    }
    return await makeImage(["-quiet", "-volid", "cidata", "-joliet", "-rock", ...paths]);
  });
}

async function makeImage(args: string[]): Promise<Buffer> {
  for (const [command, ...prefix] of programs) {
    try {
      const options = { encoding: "buffer" as const, maxBuffer: 64 * 1024 * 1024, timeout: buildSeconds * 1000 };
      const { stdout } = await run(command, [...prefix, ...args], options);
      return stdout;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") continue;
      throw new ProviderError(`${command} can't make the seed image: ${messageOf(error)}`);
    }
  }
  throw new ProviderError(
    "making a seed image needs genisoimage, mkisofs or xorriso, and none of them is installed; " +
      "on Debian and Ubuntu: apt-get install genisoimage",
  );
}
