import {
  directionOf,
  linkBetween,
  type AccessRates,
  type LinkShape,
  type LinkSpec,
  type LinksSpec,
} from "../experiment/link.ts";
import { layShape } from "../experiment/writtenShape.ts";
import { tierNames, type TierName } from "../experiment/tier.ts";

/** One end of a pair: any machine of a tier, or a certain one. */
export interface End {
  tier: TierName;
  /** Absent: a machine without settings of its own. */
  machine?: string;
}

/**
 * What happens to packets from one end to the other; undefined: nothing. Where both ends have settings of their own,
 * those of the end further from the cloud win (in a tier: those of the later name), field by field.
 */
export function pairShape(links: LinksSpec, from: End, to: End): LinkShape | undefined {
  const link = links[linkBetween(from.tier, to.tier)];
  const direction = directionOf(from.tier, to.tier);
  const ends = [from, to].sort((a, b) => place(a) - place(b) || compare(a.machine ?? "", b.machine ?? ""));
  const overrides = ends.flatMap(({ machine }) => links.machines?.[machine ?? ""] ?? []);
  return overrides.reduce<LinkShape | undefined>(
    (shape, own) => {
      const fields = direction === "level" ? [own.both] : [own.both, own[direction]];
      return fields.every((one) => Object.keys(one).length === 0)
        ? shape
        : fields.reduce((laid, one) => layShape(one, laid), shape ?? layShape({}));
    },
    oneWay(link, direction),
  );
}

/** Rates that the links of a machine share. */
export function accessRates(links: LinksSpec, { tier, machine }: End): AccessRates {
  return { ...links.access?.[tier], ...links.machines?.[machine ?? ""]?.access };
}

function oneWay(link: LinkSpec | undefined, direction: "up" | "down" | "level"): LinkShape | undefined {
  if (link === undefined) return undefined;
  const { up, ...down } = link;
  return direction === "up" ? (up ?? down) : down;
}

const place = ({ tier }: End): number => tierNames.indexOf(tier);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
