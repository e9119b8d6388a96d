import { z } from "zod";
import { itemTypes, operations, outcomes, phases, units } from "./words.ts";

/** Version of the schema: fields and words may be added under it, none is taken away or gets another meaning. */
export const eventSchemaName = "strata/event@1";

const seconds = z.number().min(0);

const itemSchema = z.strictObject({
  type: z.enum(itemTypes),
  /** Short and unique among those of its type: "engine", "cloud-0". */
  name: z.string(),
  /** The same for people, where that is not the name: "Pulumi engine". */
  title: z.string().optional(),
  /** What of a machine, link, cluster or testbed: "disk", "reachable", "software"; absent: the thing itself. */
  part: z.string().optional(),
});

const countsSchema = z.strictObject({
  done: z.number(),
  total: z.number().optional(),
  unit: z.enum(units),
});

/** What is being done, in a word, in words for people, and in numbers. */
const activity = {
  phase: z.enum(phases),
  /** For people: "compiling". */
  text: z.string(),
  /** What of it: "312 of at most 1904 packages", "pulumi-v3.tar.gz". */
  detail: z.string().optional(),
  /** The thing that it is done to, where the item is more than that: a link, an artifact. */
  of: itemSchema.optional(),
  counts: countsSchema.optional(),
  /** Numbers that a workload's processes count, by its own names: { sent: 12, answered: 11 }. */
  figures: z.record(z.string(), z.number()).optional(),
  /** How long it should take. */
  expectedSeconds: seconds.optional(),
};

const envelope = {
  schema: z.literal(eventSchemaName),
  /** When it was told, by this host's clock. */
  time: z.iso.datetime(),
  /** The command that tells it: "up", "mirror build". */
  command: z.string(),
  /** Since that command began. */
  elapsedSeconds: seconds,
};

const operation = z.enum(operations);

const kinds = {
  /** An item begins. */
  started: {
    item: itemSchema,
    /** Why, or with what. */
    text: z.string().optional(),
    operation: operation.optional(),
    counts: countsSchema.optional(),
  },
  /** News of an item that has begun. */
  progress: { item: itemSchema, ...activity },
  /** An item ends, well or not. */
  ended: {
    item: itemSchema,
    outcome: z.enum(outcomes),
    /** What came of it, or why it failed. */
    text: z.string().optional(),
    /** How long it took. */
    seconds,
    operation: operation.optional(),
    /** Of what is blocked: what failed. */
    by: itemSchema.optional(),
    /** Of the command: what it ends with. */
    exitStatus: z.int().optional(),
    /** Of a benchmark: where report.json is. */
    directory: z.string().optional(),
    /** Of a benchmark: links that are off, thresholds that are not met, why it was not sustained. Of `verify network`: links. */
    reasons: z.array(z.string()).optional(),
    /** Of up, preview and destroy: resources by what happened to them; "same" are those that stay as they are. */
    resources: z.record(z.string(), z.int()).optional(),
  },
  /** What `preview` says of one thing. */
  planned: {
    item: itemSchema,
    operation,
    /** Of a machine that is made: what it starts from. */
    from: z.string().optional(),
    /** Inputs that differ: their paths, and the values where both are short and no secrets. */
    changes: z.array(z.strictObject({ property: z.string(), from: z.string().optional(), to: z.string().optional() })),
  },
  /** Said by the program, a plugin or the engine: whole, word for word. */
  message: { severity: z.enum(["info", "warning", "error"]), text: z.string(), item: itemSchema.optional() },
};

const kind = <K extends keyof typeof kinds>(name: K) => ({ kind: z.literal(name), ...kinds[name] });

/** What happens, for whoever shows it. */
export const happeningSchema = z.discriminatedUnion("kind", [
  z.strictObject(kind("started")),
  z.strictObject(kind("progress")),
  z.strictObject(kind("ended")),
  z.strictObject(kind("planned")),
  z.strictObject(kind("message")),
]);

/** The same with when and by which command: one JSON line of `--events`. */
export const eventSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...envelope, ...kind("started") }),
  z.strictObject({ ...envelope, ...kind("progress") }),
  z.strictObject({ ...envelope, ...kind("ended") }),
  z.strictObject({ ...envelope, ...kind("planned") }),
  z.strictObject({ ...envelope, ...kind("message") }),
]);

export type Item = z.infer<typeof itemSchema>;
export type Counts = z.infer<typeof countsSchema>;
export type Happening = z.infer<typeof happeningSchema>;
export type Event = z.infer<typeof eventSchema>;

/** A happening of one kind. */
export type Of<K extends Happening["kind"]> = Extract<Happening, { kind: K }>;
/** What is being done to an item, told by who does it and need not know which item that is. */
export type Activity = Omit<Of<"progress">, "kind" | "item">;
/** Is told what happens. */
export type Tell = (happening: Happening) => void;
