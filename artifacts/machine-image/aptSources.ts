import { ArtifactError } from "../store/errors.ts";
import type { Distribution } from "./host.ts";

/** Format for `apt-get indextargets`: the fields that aptSources reads, one package index a line. */
export const indexTargetFormat = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)";

/**
 * One-line package sources for a machine image, taken from the host's own: the distribution's release with its updates
 * and security updates, main component; other publishers' sources are left out.
 *
 * @param targets output of `apt-get indextargets --format <indexTargetFormat> "Created-By: Packages"`.
 * @throws ArtifactError when the host has no such source.
 */
export function aptSources(targets: string, { id, suite }: Distribution): string[] {
  const wanted = new Set([suite, `${suite}-updates`, `${suite}-security`]);
  const sources = targets.split("\n").flatMap((line) => {
    const [uri = "", release = "", component = "", origin = ""] = line.split("|");
    const ours = wanted.has(release) && component === "main" && origin.toLowerCase() === id;
    return ours ? [`deb ${uri} ${release} main`] : [];
  });
  if (!sources.some((source) => source.endsWith(` ${suite} main`))) {
    throw new ArtifactError(
      `this host's package sources have no main component of ${id} ${suite}; add it to the apt sources, run apt-get update, then try again`,
    );
  }
  return [...new Set(sources)].sort();
}
