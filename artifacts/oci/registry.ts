import { join } from "node:path";
import { z } from "zod";
import { writeWhole } from "../../local/writeWhole.ts";
import { download, request } from "../../setup/download.ts";
import type { Descriptor } from "./archive.ts";
import { sha256OfText } from "../store/checksum.ts";
import { ArtifactError } from "../store/errors.ts";
import { inOnePhrase, type Report } from "../store/progress.ts";

/** Media types of the OCI image specification and of Docker's, which it came from. */
const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const manifestTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

const descriptorSchema = z.object({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number(),
});
const indexSchema = z.object({
  manifests: z.array(
    descriptorSchema.extend({ platform: z.object({ architecture: z.string(), os: z.string() }).optional() }),
  ),
});
const manifestSchema = z.object({ config: descriptorSchema, layers: z.array(descriptorSchema) });

export interface Pull {
  /** Full name with tag: "registry.k8s.io/pause:3.10.1". */
  image: string;
  /** In Go's terms. */
  architecture: string;
  /** The manifest's digest, where it is pinned. */
  expected?: string | undefined;
  /** Folder for the blobs, named by their digests; what is there from an interrupted pull is used. */
  blobs: string;
  /** Where the registry of a name answers: for tests. */
  origin?: (host: string) => string;
}

export interface Pulled {
  manifest: Descriptor;
  /** The manifest itself, the configuration, the layers. */
  blobs: { digest: string; file: string }[];
  from: string;
}

/** Docker Hub's registry answers at another name than the one that images have. */
function usualOrigin(host: string): string {
  return `https://${host === "docker.io" ? "registry-1.docker.io" : host}`;
}

/**
 * Takes an image of one architecture from its registry. Every part is checked against its digest, and the manifest
 * against `expected`.
 *
 * @throws Error naming the URL when a part can't be had or is not what its digest says.
 */
export async function pullImage(wanted: Pull, report: Report, signal: AbortSignal): Promise<Pulled> {
  const match = /^([^/]+)\/(.+):([^:/]+)$/.exec(wanted.image);
  if (match === null) throw new ArtifactError(`${wanted.image} is no full image name with a tag`);
  const [, host = "", repository = "", tag = ""] = match;
  const base = `${(wanted.origin ?? usualOrigin)(host)}/v2/${repository}`;
  const authorization = await authorize(`${base}/manifests/${tag}`, signal);
  const fetchManifest = async (reference: string) => {
    const accept = [...indexTypes, ...manifestTypes].join(", ");
    const response = await request(`${base}/manifests/${reference}`, signal, { headers: { ...authorization, accept } });
    const text = await response.text();
    const digest = `sha256:${sha256OfText(text)}`;
    if (reference.includes(":") && reference !== digest) {
      throw new ArtifactError(`${base}/manifests/${reference}: its SHA-256 is another one, ${digest}`);
    }
    const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
    return { text, type, digest, size: Buffer.byteLength(text) };
  };
  report({ phase: "search", text: "asking for the manifest" });
  let found = await fetchManifest(tag);
  if (indexTypes.includes(found.type)) {
    const { manifests } = indexSchema.parse(JSON.parse(found.text));
    const ours = manifests.find(
      ({ platform }) => platform?.os === "linux" && platform.architecture === wanted.architecture,
    );
    if (ours === undefined)
      throw new ArtifactError(`${wanted.image} is not published for linux/${wanted.architecture}`);
    found = await fetchManifest(ours.digest);
  }
  if (wanted.expected !== undefined && found.digest !== wanted.expected) {
    throw new ArtifactError(
      `${wanted.image}: its SHA-256 is ${found.digest}, artifacts/manifest.lock.yaml says ${wanted.expected}; the image was replaced after it was pinned`,
    );
  }
  const { config, layers } = manifestSchema.parse(JSON.parse(found.text));
  const file = (digest: string) => join(wanted.blobs, digest.slice("sha256:".length));
  writeWhole(file(found.digest), found.text);
  const parts = [...new Map([config, ...layers].map((part) => [part.digest, part])).values()];
  // Where one fails, none of the others may write on into what its owner takes away by then.
  const ends = await Promise.allSettled(
    parts.map(({ digest }) =>
      download(
        `${base}/blobs/${digest}`,
        file(digest),
        digest.slice("sha256:".length),
        inOnePhrase(report),
        signal,
        authorization,
      ),
    ),
  );
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return {
    manifest: { mediaType: found.type, digest: found.digest, size: found.size },
    blobs: [found, ...parts].map(({ digest }) => ({ digest, file: file(digest) })),
    from: wanted.image,
  };
}

/** The token that a registry asks even anonymous readers for; none where it asks for none. */
async function authorize(url: string, signal: AbortSignal): Promise<Record<string, string>> {
  const response = await request(url, signal, { method: "HEAD", accept: [401, 404, 405] });
  if (response.status !== 401) return {};
  const challenge = response.headers.get("www-authenticate") ?? "";
  const value = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
  const realm = value("realm");
  if (realm === undefined) throw new ArtifactError(`${url}: the registry wants a login that it does not explain`);
  const query = new URLSearchParams({ service: value("service") ?? "", scope: value("scope") ?? "" });
  const answer = await request(`${realm}?${query.toString()}`, signal);
  const { token, access_token: access } = z
    .object({ token: z.string().optional(), access_token: z.string().optional() })
    .parse(await answer.json());
  return { authorization: `Bearer ${token ?? access ?? ""}` };
}
