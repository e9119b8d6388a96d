import * as infrastructureKinds from "../../components/experiment/whole/infrastructureKinds.ts";
import type { StateResource } from "../../components/contract/snapshots.ts";

/** How the types of resources begin that are on hosts, and would stay there if nothing knew of them any more. */
const onHosts = Object.values(infrastructureKinds).flatMap(({ resources }) => resources);

const nameOf = ({ urn }: StateResource): string => urn.split("::").at(-1) ?? urn;

/**
 * Names of what a testbed has on its hosts and its snapshot has not, or has as another one: it would be left there.
 *
 * @param machines those of the snapshot; one that was made again since is the same machine, and is replaced.
 */
export function anothers(
  now: readonly StateResource[],
  saved: readonly StateResource[],
  machines: readonly string[],
): string[] {
  const known = new Map(saved.map(({ urn, id }) => [urn, id]));
  return now
    .filter(({ type }) => onHosts.some((prefix) => type.startsWith(prefix)))
    .filter((one) => known.get(one.urn) !== one.id && !(known.has(one.urn) && machines.includes(nameOf(one))))
    .map(nameOf);
}
