import { fetchText } from "./download.ts";

/** A file of a release, and where its publisher's list of checksums is: another site than the file's own. */
export interface Release {
  /** On GitHub: "pulumi/pulumi-command". */
  repository: string;
  version: string;
  /** Name of the list among the release's files, of lines "SHA-256  name". */
  list: string;
}

/**
 * The SHA-256 of a file. Whoever can change what the download site serves would have to change the release on GitHub, too.
 *
 * @throws Error when the list can't be had, or does not have the file.
 */
export async function publishedChecksum(release: Release, name: string, signal: AbortSignal): Promise<string> {
  const { repository, version, list } = release;
  return checksumIn(
    await fetchText(`https://github.com/${repository}/releases/download/v${version}/${list}`, signal),
    name,
  );
}

/** @throws Error when the list does not have the file. */
export function checksumIn(list: string, name: string): string {
  const line = list.split("\n").find((candidate) => candidate.trim().split(/\s+/)[1] === name);
  const sha256 = line?.trim().split(/\s+/)[0] ?? "";
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`the publisher's list of checksums has none for ${name}`);
  return sha256;
}
