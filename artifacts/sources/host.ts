import { readFileSync } from "node:fs";
import { ArtifactError } from "../store/errors.ts";

/** The distribution of this host, which machine images are made of too: its package mirror is known to be reachable. */
export interface Distribution {
  id: "debian" | "ubuntu";
  /** Release, as in package sources: "bookworm". */
  suite: string;
  /** In Debian's terms. */
  architecture: "amd64" | "arm64";
}

const architectures: Partial<Record<NodeJS.Architecture, Distribution["architecture"]>> = {
  x64: "amd64",
  arm64: "arm64",
};

/** @throws ArtifactError on a host that is neither Debian nor Ubuntu, or neither x86-64 nor ARM64. */
export function hostDistribution(
  osRelease = readFileSync("/etc/os-release", "utf8"),
  arch = process.arch,
): Distribution {
  const value = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, "m").exec(osRelease)?.[1] ?? "";
  const id = value("ID");
  const suite = value("VERSION_CODENAME");
  const architecture = architectures[arch];
  if ((id !== "debian" && id !== "ubuntu") || suite === "") {
    throw new ArtifactError(
      `machine images are built from the host's own packages, of Debian or Ubuntu; this host is ${value("PRETTY_NAME") || "neither"}; ` +
        "use a Debian or Ubuntu host",
    );
  }
  if (architecture === undefined) {
    throw new ArtifactError(`machine images are built for x86-64 and ARM64; this host is ${arch}; use another host`);
  }
  return { id, suite, architecture };
}
