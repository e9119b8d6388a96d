import { z } from "zod";
import {
  linkNames,
  parseMachineName,
  reversedLinkName,
  type AccessRates,
  type LinkSpec,
  type LinksSpec,
  type MachineOverride,
  type Tolerances,
} from "./link.ts";
import { linkPresets, presetNames } from "./linkPresets.ts";
import { quantity } from "./quantity.ts";
import { tierNames, type TierName } from "./tier.ts";
import { directionArgs, layShape, writtenFields } from "./writtenShape.ts";

const bothWays = {
  ...writtenFields,
  up: directionArgs("What differs for packets towards the cloud."),
  down: directionArgs("What differs for packets towards the endpoints."),
};

const linkArgs = z.strictObject(bothWays);
const levelArgs = z.strictObject(writtenFields);

type LinkArgs = z.output<typeof linkArgs>;

const accessArgs = z.strictObject({
  up: quantity("rate", { description: "What the machine sends, to all others.", examples: ["5 Mbit"] }).optional(),
  down: quantity("rate", { description: "What it receives, from all others.", examples: ["20 Mbit"] }).optional(),
});

const access = (whose: string) =>
  accessArgs.optional().meta({
    description: `A rate that ${whose} links share, besides the rate of each: a phone has one radio.`,
    examples: [{ up: "5 Mbit", down: "20 Mbit" }],
  });

const overrideArgs = z.strictObject({ ...bothWays, access: access("all of the machine's") }).meta({
  description: 'What differs on the links of one machine, such as "endpoint-3".',
  examples: [{ latency: "60 ms", access: { up: "1 Mbit" } }],
});

const toleranceArgs = z.strictObject({
  latency: quantity("latency", {
    description: "How far the mean round trip may be off; this or latencyShare, the larger.",
    examples: ["2 ms"],
  }).prefault("2 ms"),
  latencyShare: quantity("percentage", { description: "The same, of the wanted one.", examples: ["10 %"] }).prefault(
    "10 %",
  ),
  jitter: quantity("latency", {
    description: "How far its standard deviation may be off; this or jitterShare, the larger.",
    examples: ["2 ms"],
  }).prefault("2 ms"),
  jitterShare: quantity("percentage", { description: "The same, of the wanted one.", examples: ["10 %"] }).prefault(
    "10 %",
  ),
  rate: quantity("percentage", {
    description: "How far the rate of one TCP flow may be off.",
    examples: ["15 %"],
  }).prefault("15 %"),
});

const pair = (between: string) =>
  linkArgs.optional().meta({ description: `The link ${between}; what it leaves out is the preset's.` });
const inner = (between: string) =>
  levelArgs.optional().meta({ description: `The link ${between}; what it leaves out is the preset's.` });

/** `preset`, single links and machines; a pair may be written in either order. */
const namedArgs = z.strictObject({
  preset: z
    .enum(presetNames)
    .optional()
    .meta({
      description:
        "Values for all links: 4g and 5g as in Continuum, others with their sources in docs/network.md. Absent: only the links named here are emulated.",
      examples: ["4g"],
    }),
  "cloud-cloud": inner("between cloud machines"),
  "cloud-edge": pair("between cloud and edge"),
  "cloud-endpoint": pair("between cloud and endpoints"),
  "edge-edge": inner("between edge machines"),
  "edge-endpoint": pair("between edge and endpoints"),
  "endpoint-endpoint": inner("between endpoints"),
  "edge-cloud": pair("between edge and cloud"),
  "endpoint-cloud": pair("between endpoints and cloud"),
  "endpoint-edge": pair("between endpoints and edge"),
  access: z
    .strictObject({
      cloud: access("each cloud machine's"),
      edge: access("each edge machine's"),
      endpoint: access("each endpoint's"),
    })
    .optional()
    .meta({
      description: "Rates that all links of a machine share, by tier.",
      examples: [{ endpoint: { up: "5 Mbit" } }],
    }),
  tolerance: toleranceArgs
    .optional()
    .meta({ description: "How far measured links may be off before `strata verify network` fails." }),
});

/** A machine is named as a key: "endpoint-3". */
const linksArgs = namedArgs.catchall(overrideArgs);

type LinksArgs = z.output<typeof linksArgs>;

/** As a file or a program writes it. */
type LinksInput = z.input<typeof namedArgs> & Partial<Record<`${TierName}-${number}`, z.input<typeof overrideArgs>>>;

/** The links that are emulated, in a fixed order: the preset's, with the fields that the file gives instead. */
export const linksSchema = linksArgs
  .transform((args, context): LinksSpec => {
    const links: LinksSpec = {};
    for (const name of linkNames) {
      const reversed = reversedLinkName(name) as keyof LinksArgs | undefined;
      const second = reversed === undefined ? undefined : args[reversed];
      if (args[name] !== undefined && second !== undefined) {
        const fix = `keep one of ${name} and ${String(reversed)}`;
        const message = `is the link ${name}, which is given too`;
        context.issues.push({ code: "custom", input: args, path: [String(reversed)], message, params: { fix } });
      }
      const base = args.preset === undefined ? undefined : linkPresets[args.preset][name];
      const own = args[name] ?? second;
      if (base !== undefined || own !== undefined) links[name] = layLink(own ?? {}, base);
    }
    const machines = readOverrides(args, context);
    return {
      ...links,
      ...(args.access === undefined ? {} : { access: readAccess(args.access) }),
      ...(Object.keys(machines).length === 0 ? {} : { machines }),
      ...(args.tolerance === undefined ? {} : { tolerance: readTolerances(args.tolerance) }),
    };
  })
  .meta({
    description: "The emulated network between tiers. Absent: the machines' plain network.",
    examples: [{ preset: "4g" }],
  }) as unknown as z.ZodType<LinksSpec, LinksInput>;

/** Both directions; `up` stays only where it differs. */
function layLink({ up, down, ...both }: LinkArgs, base: LinkSpec | undefined): LinkSpec {
  const downShape = layShape(down ?? {}, layShape(both, base));
  const upShape = layShape(up ?? {}, layShape(both, base?.up ?? base));
  const same = JSON.stringify(downShape) === JSON.stringify(upShape);
  return { ...downShape, ...(same ? {} : { up: upShape }) };
}

function readOverrides(args: LinksArgs, context: z.core.ParsePayload): Record<string, MachineOverride> {
  const known = new Set<string>(Object.keys(linksArgs.shape));
  const machines: Record<string, MachineOverride> = {};
  for (const [name, own] of Object.entries(args)) {
    if (known.has(name)) continue;
    if (parseMachineName(name) === undefined) {
      context.issues.push({ code: "unrecognized_keys", input: args, keys: [name], path: [], message: "" });
      continue;
    }
    const { up, down, access: rates, ...both } = own as z.output<typeof overrideArgs>;
    machines[name] = { both, up: up ?? {}, down: down ?? {}, access: ratesOf(rates ?? {}) };
  }
  return Object.fromEntries(Object.entries(machines).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function readAccess(args: NonNullable<LinksArgs["access"]>): NonNullable<LinksSpec["access"]> {
  const own = tierNames.flatMap((tier) => (args[tier] === undefined ? [] : [[tier, ratesOf(args[tier])] as const]));
  return Object.fromEntries(own);
}

function ratesOf({ up, down }: { up?: number; down?: number }): AccessRates {
  return { ...(up === undefined ? {} : { upMbit: up }), ...(down === undefined ? {} : { downMbit: down }) };
}

function readTolerances(args: z.output<typeof toleranceArgs>): Tolerances {
  return {
    latencyMs: args.latency,
    latencyPercent: args.latencyShare,
    jitterMs: args.jitter,
    jitterPercent: args.jitterShare,
    ratePercent: args.rate,
  };
}

/** What counts where an experiment says nothing. */
export const defaultTolerances: Tolerances = readTolerances(toleranceArgs.parse({}));
