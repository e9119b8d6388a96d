import { ArtifactError } from "../store/errors.ts";
import type { Distribution } from "../sources/host.ts";

/** Format for `apt-get indextargets`: the fields that aptSources reads, one package index a line. */
export const indexTargetFormat = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)";

/** Where a distribution's packages are that images are made of: Ubuntu has mosquitto and iperf3 in "universe". */
const components: Record<Distribution["id"], readonly string[]> = { debian: ["main"], ubuntu: ["main", "universe"] };

/** The publisher's keys, as its own package installs them; not all releases have them among those that apt trusts anyway. */
export const keyrings: Record<Distribution["id"], string> = {
  debian: "/usr/share/keyrings/debian-archive-keyring.gpg",
  ubuntu: "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
};

/**
 * One-line package sources for a machine image, taken from the host's own: the distribution's release with its updates
 * and security updates, of the components that images need; other publishers' sources are left out.
 *
 * @param targets output of `apt-get indextargets --format <indexTargetFormat> "Created-By: Packages"`.
 * @throws ArtifactError when the host has no such source.
 */
export function aptSources(targets: string, { id, suite }: Distribution): string[] {
  const wanted = new Set([suite, `${suite}-updates`, `${suite}-security`]);
  const sources = targets.split("\n").flatMap((line) => {
    const [uri = "", release = "", component = "", origin = ""] = line.split("|");
    const ours = wanted.has(release) && components[id].includes(component) && origin.toLowerCase() === id;
    return ours ? [`deb [signed-by=${keyrings[id]}] ${uri} ${release} ${component}`] : [];
  });
  const missing = components[id].filter((one) => !sources.some((source) => source.endsWith(` ${suite} ${one}`)));
  if (missing.length > 0) {
    throw new ArtifactError(
      `this host's package sources have no component ${missing.join(" and ")} of ${id} ${suite}; add it to the apt sources, run apt-get update, then try again`,
    );
  }
  return [...new Set(sources)].sort();
}
