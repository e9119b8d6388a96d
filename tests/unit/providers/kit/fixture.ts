import { serve } from "../../../../providers/kit/serve.ts";
import { ProviderError } from "../../../../providers/kit/plain/errors.ts";
import { resource } from "../../../../providers/kit/crud.ts";
import { z } from "zod";

interface Inputs {
  name: string;
  size: number;
  parts?: { weight: number }[];
  pin?: string;
}

/** A plugin with one resource type that only remembers what it is told; run as a process by its tests. */
const thing = resource<Inputs, { shape: string; serial: number }, { colour: string }>({
  token: "fixture:index/thing:Thing",
  inputs: z.strictObject({
    name: z.string().regex(/^[a-z-]+$/, "write lower-case letters and dashes"),
    size: z.number().int().positive("must be at least 1"),
    parts: z.array(z.strictObject({ weight: z.number() })).optional(),
    pin: z.string().optional(),
  }),
  complete: (inputs, { name }) => ({ name, ...inputs }),
  secrets: ["pin"],
  replaceOn: ["name"],
  volatileOutputs: ["serial"],
  create: ({ context }, { name, size }) => {
    if (size === 13) throw new ProviderError("13 is taken; choose another size");
    return Promise.resolve({ id: name, outputs: { shape: context.colour, serial: 1 } });
  },
  read: (_operation, id, state) =>
    Promise.resolve(
      id === "gone"
        ? undefined
        : { inputs: { name: id, size: 7 }, outputs: { shape: "", serial: 1, ...state.outputs } },
    ),
  update: (_operation, _id, _inputs, old) => Promise.resolve({ outputs: { ...old.outputs, serial: 2 } }),
  delete: () => Promise.resolve(),
});

await serve({
  name: "fixture",
  version: "1.2.3",
  schema: '{"name":"fixture"}',
  configuration: z.strictObject({ colour: z.string() }),
  configure: (configuration) => ({ colour: String(configuration.colour) }),
  parts: () => Promise.resolve({ resources: [thing] }),
});
