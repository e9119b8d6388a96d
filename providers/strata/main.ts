import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { serve } from "../kit/serve.ts";
import { credentials } from "./access/credentials.ts";
import { forward } from "./access/forward.ts";
import { embedded } from "./host/embedded.ts";
import { kubeconfig } from "./kubernetes/kubeconfig.ts";
import { node } from "./kubernetes/node.ts";
import { mirror } from "./mirror/mirror.ts";
import { reachable } from "./net/reachable.ts";
import { shaping } from "./net/shaping.ts";

await serve<null>({
  name: "strata",
  version: "0.1.0",
  schema: readFileSync(join(import.meta.dirname, "schema.json"), "utf8"),
  configuration: z.strictObject({}),
  // Read by the experiments' program (stacks/experiment.ts).
  programKeys: ["experiment", "testbed"],
  configure: () => null,
  resources: [embedded, credentials, forward, reachable, shaping, kubeconfig, node, mirror],
});
