import { chmodSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DamagedError, download, fetchText, UnreachableError } from "../../setup/download.ts";
import { hostDistribution } from "../sources/host.ts";
import { pin } from "../manifest.ts";
import { writeLayout } from "../oci/archive.ts";
import { pullImage } from "../oci/registry.ts";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { cancelSignal } from "../store/cancel.ts";
import { ArtifactError } from "../store/errors.ts";
import { inOnePhrase, type Report } from "../store/progress.ts";
import { run } from "../store/run.ts";
import { imageFile, itemEntry, type FilesItem, type ImageItem, type Item } from "./item.ts";
import type { Origin } from "./obtain.ts";

/** Sites that did not answer this process: asking each of them again for every artifact would cost minutes. */
const unreachable = new Map<string, string>();

/** Takes an item from its official release, checked against the publisher's checksum and, where it is pinned, ours. */
export async function takeOfficial(wanted: Item, directory: string, report: Report): Promise<Origin> {
  const site = wanted.kind === "file" ? new URL(wanted.artifact.official.url).host : (wanted.image.split("/")[0] ?? "");
  const known = unreachable.get(site);
  if (known !== undefined) throw new ArtifactError(known);
  try {
    return wanted.kind === "file"
      ? await takeFiles(wanted, directory, report)
      : await takeImage(wanted, directory, report);
  } catch (error) {
    // An answer that is not the wanted one, or a fault on this side, says nothing of the next question.
    if (error instanceof UnreachableError) unreachable.set(site, error.message);
    throw error;
  }
}

async function takeFiles(wanted: FilesItem, directory: string, report: Report): Promise<Origin> {
  const { official } = wanted.artifact;
  const put = (template: string, file: string) => fill(template, wanted, file);
  for (const file of wanted.files) {
    const url = put(official.url, file);
    const name = official.archive === undefined ? file : wanted.name;
    const sha256 = await publishedChecksum(put(official.checksum, file), `${name} ${wanted.version}`);
    const fetched = await fetchFile(wanted, url, sha256, report);
    if (official.archive === undefined) {
      renameSync(fetched, join(directory, file));
      chmodSync(join(directory, file), 0o755);
      continue;
    }
    const members = wanted.files.map((member) => put(official.archive ?? "", member));
    await unpack(fetched, members, directory);
    break;
  }
  rmSync(partialDirectory(wanted), { recursive: true });
  return { source: "official", from: put(official.url, wanted.files[0] ?? "") };
}

async function takeImage(wanted: ImageItem, directory: string, report: Report): Promise<Origin> {
  const { architecture } = hostDistribution();
  const expected = pin(`${wanted.image} ${architecture}`);
  const blobs = partialDirectory(wanted);
  const pulled = await pullImage({ image: wanted.image, architecture, expected, blobs }, report, signalOrNever());
  report({ phase: "pack", text: "writing the image" });
  await writeLayout(wanted.image, pulled.manifest, pulled.blobs, join(directory, imageFile));
  rmSync(blobs, { recursive: true, force: true });
  return { source: "official", from: pulled.from, digest: pulled.manifest.digest };
}

function fill(template: string, { version }: Item, file: string): string {
  const values = { version, file, architecture: hostDistribution().architecture };
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), template);
}

/** The publisher's checksum: a file that is the SHA-256 alone, or begins with it. */
async function publishedChecksum(url: string, name: string): Promise<string> {
  const text = await fetchText(url, signalOrNever());
  const sha256 = /^[0-9a-f]{64}(?=\s|$)/.exec(text)?.[0];
  if (sha256 === undefined) throw new ArtifactError(`${url}: holds no SHA-256`);
  const expected = pin(`${name} ${hostDistribution().architecture}`);
  if (expected !== undefined && expected !== sha256) {
    throw new DamagedError(
      `${url}: SHA-256 is ${sha256}, artifacts/manifest.lock.yaml says ${expected}; the publisher's file was replaced after it was pinned`,
    );
  }
  return sha256;
}

/** Downloads into a place that outlives a failure, so that the next try goes on where this one stopped. */
async function fetchFile(wanted: Item, url: string, sha256: string, report: Report): Promise<string> {
  const file = join(partialDirectory(wanted), sha256);
  await download(url, file, sha256, inOnePhrase(report), signalOrNever());
  return file;
}

/** An item's own, who holds its lock: images share layers, and one that is done clears up. */
function partialDirectory(wanted: Item): string {
  const directory = join(cacheDirectory(), "partial", itemEntry(wanted).key);
  mkdirSync(directory, { recursive: true });
  return directory;
}

async function unpack(archive: string, members: string[], directory: string): Promise<void> {
  const scratch = join(directory, "unpacked");
  mkdirSync(scratch);
  await run({
    what: `unpacking ${archive}`,
    command: "tar",
    args: ["--extract", "--gzip", "--no-same-owner", "--file", archive, "--directory", scratch, ...members],
    limitSeconds: 300,
  });
  for (const member of members) {
    const file = member.slice(dirname(member).length).replace(/^\/|^\.\//, "");
    renameSync(join(scratch, member), join(directory, file));
  }
  rmSync(scratch, { recursive: true });
}

function signalOrNever(): AbortSignal {
  return cancelSignal() ?? new AbortController().signal;
}
