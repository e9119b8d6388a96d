import { z } from "zod";
import { resource, type ServedResource } from "../../../providers/kit/crud.ts";
import { serve } from "../../../providers/kit/serve.ts";
import type { Properties } from "../../../providers/kit/values.ts";

/** Takes any inputs and does nothing with them: what a resource costs whatever its plugin does. */
const thing: ServedResource<null> = resource<Properties, Properties, null>({
  token: "noop:index/thing:Thing",
  inputs: z.looseObject({}),
  replaceOn: [],
  create: ({ name }) => Promise.resolve({ id: name, outputs: {} }),
  read: (_operation, _id, { inputs, outputs }) => Promise.resolve({ inputs, outputs }),
  update: () => Promise.resolve({ outputs: {} }),
  delete: () => Promise.resolve(),
});

await serve<null>({
  name: "noop",
  version: "0.1.0",
  schema: '{"name":"noop"}',
  configuration: z.strictObject({}),
  configure: () => null,
  parts: () => Promise.resolve({ resources: [thing] }),
});
