import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const artifactSchema = z.strictObject({
  name: z.string(),
  /** Exact version, or the file that pins it. */
  version: z.string(),
  kind: z.enum(["npm", "npm-lock", "pypi", "deb"]),
  licence: z.string().optional(),
  /** The official publisher, in words. */
  source: z.string(),
  /** Whose checksum or signature it is, and where it is pinned. */
  checksum: z.string(),
  /** What is made of it, and where. */
  build: z.string(),
});

const manifestSchema = z.strictObject({ artifacts: z.array(artifactSchema) });

export type Artifact = z.infer<typeof artifactSchema>;

/** Everything that manifest.yaml lists. */
export function artifacts(): Artifact[] {
  return manifestSchema.parse(parse(readFileSync(join(import.meta.dirname, "manifest.yaml"), "utf8"))).artifacts;
}

/** @throws Error for a name that manifest.yaml does not list. */
export function manifest(name: string): Artifact {
  const found = artifacts().find((artifact) => artifact.name === name);
  if (found === undefined) throw new Error(`artifacts/manifest.yaml has no artifact ${name}`);
  return found;
}

/** Pinned checksum of an artifact. @throws Error for a name that manifest.lock.yaml does not list. */
export function pinned(name: string): string {
  const value = pin(name);
  if (value === undefined) throw new Error(`artifacts/manifest.lock.yaml has no checksum of ${name}`);
  return value;
}

/** Pinned checksum of an artifact that may be pinned: "kubeadm 1.35.4 amd64", "registry.k8s.io/pause:3.10.1 amd64". */
export function pin(name: string): string | undefined {
  const lock: unknown = parse(readFileSync(join(import.meta.dirname, "manifest.lock.yaml"), "utf8"));
  return z.record(z.string(), z.string()).parse(lock)[name];
}
