import { z } from "zod";
import { shapeFields, shapeSchema, type LinkShape } from "../../../components/experiment/linkShape.ts";
import { tracedFields } from "../../../components/experiment/traceText.ts";
import { layShape, writtenFields } from "../../../components/experiment/writtenShape.ts";
import * as plugin from "../../../providers/strata/net/rules.ts";

// A link's shape is stated three times: as it is written, as plans and outputs have it, and as the plugin takes it, which is a
// program of its own. What comes to one of them and not to the others fails here.

const trace = { file: "x.csv", content: "time s,latency ms\n0,5\n" };

/** A field as written, and what it changes of a shape that loses every hundredth packet. */
const written: [keyof typeof writtenFields, unknown, Partial<LinkShape>][] = [
  ["latency", "20 ms", { latencyMs: 20 }],
  ["jitter", "2 ms", { jitterMs: 2 }],
  ["jitterDistribution", "pareto", { jitterDistribution: "pareto" }],
  ["jitterCorrelation", "25 %", { jitterCorrelationPercent: 25 }],
  ["rate", "5 Mbit", { rateMbit: 5 }],
  ["loss", "2 %", { lossPercent: 2 }],
  ["lossBurst", 5, { gilbertElliott: expect.any(Object) as never }],
  ["gilbertElliott", { goodToBad: "1 %", badToGood: "99 %" }, { gilbertElliott: expect.any(Object) as never }],
  ["duplicate", "3 %", { duplicatePercent: 3 }],
  ["corrupt", "4 %", { corruptPercent: 4 }],
  ["reorder", "5 %", { reorderPercent: 5 }],
  ["queue", "50 ms", { queueMs: 50 }],
  ["queue", "100 packets", { queuePackets: 100 }],
  ["trace", trace, { trace: expect.objectContaining({ file: "x.csv" }) as never }],
];

test.each(written)("%s: %j", (field, value, changes) => {
  const base: LinkShape = { latencyMs: 0, jitterMs: 0, lossPercent: 1 };
  const shape = layShape(z.strictObject(writtenFields).parse({ [field]: value }), base);
  expect(shape).toEqual({ ...base, ...changes });
  // What says nothing of it leaves it.
  expect(layShape({}, shape)).toEqual(shape);
});

test("every field is written so, and every property of a shape is written by one", () => {
  expect(new Set(written.map(([field]) => field))).toEqual(new Set(Object.keys(writtenFields)));
  expect(new Set(written.flatMap(([, , changes]) => Object.keys(changes)))).toEqual(new Set(Object.keys(shapeFields)));
});

/** Names, kinds of value and what may be absent; no ranges, which only the plugin holds, and no words. */
function formOf(schema: z.core.$ZodType): unknown {
  if (schema instanceof z.ZodOptional) return [formOf(schema.unwrap()), "or absent"];
  if (schema instanceof z.ZodEnum) return schema.options;
  if (!(schema instanceof z.ZodObject)) return schema._zod.def.type;
  return Object.fromEntries(
    Object.entries(schema.shape as z.core.$ZodShape).map(([name, field]) => [name, formOf(field)]),
  );
}

test("the plugin's rule is the shape, but for the queue's length, with the addresses that it is for", () => {
  const ours = shapeSchema.omit({ queueMs: true, queuePackets: true });
  const { cidr, limitPackets, countsPackets, trace: steps, ...rule } = plugin.shapingRule.shape;
  expect([cidr, limitPackets, countsPackets].map(formOf)).toEqual(["string", "number", ["literal", "or absent"]]);
  expect(formOf(z.strictObject({ ...rule, trace: steps.unwrap().omit({ steps: true }).optional() }))).toEqual(
    formOf(ours),
  );
});

test("a trace changes the same of both, in the same order", () => {
  expect(plugin.tracedFields).toEqual(tracedFields);
  expect(Object.keys(shapeFields)).toEqual(expect.arrayContaining([...tracedFields]));
});
