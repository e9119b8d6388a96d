import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { forwardInputs } from "../../../../providers/strata/access/forwardInputs.ts";
import { kubeconfigInputs } from "../../../../providers/strata/kubernetes/kubeconfigInputs.ts";
import { nodeInputs } from "../../../../providers/strata/kubernetes/nodeInputs.ts";
import { overlayInputs } from "../../../../providers/strata/net/overlayInputs.ts";
import { accessRates, shapingRule } from "../../../../providers/strata/net/rules.ts";
import { shapingInputs } from "../../../../providers/strata/net/shapingInputs.ts";
import { mirrorInputs } from "../../../../providers/strata/mirror/mirrorInputs.ts";
import { tunnelInputs } from "../../../../providers/strata/mirror/tunnelInputs.ts";

const root = join(import.meta.dirname, "../../../..");

interface Schema {
  resources: Record<string, { inputProperties: Record<string, object>; requiredInputs: string[] }>;
}

const { resources } = JSON.parse(readFileSync(join(root, "providers/strata/schema.json"), "utf8")) as Schema;

test.each([
  ["strata:access:Forward", forwardInputs, []],
  ["strata:kubernetes:Kubeconfig", kubeconfigInputs, []],
  // The plugin fills the name in.
  ["strata:kubernetes:Node", nodeInputs, ["name"]],
  ["strata:mirror:Mirror", mirrorInputs, []],
  ["strata:mirror:Tunnel", tunnelInputs, []],
  ["strata:net:Overlay", overlayInputs, []],
  ["strata:net:Shaping", shapingInputs, []],
])("the schema of %s names exactly what check accepts", (token, inputs, completed) => {
  const accepted = z.toJSONSchema(inputs) as { properties: object; required: string[] };
  const stated = resources[token];
  expect(Object.keys(stated?.inputProperties ?? {}).sort()).toEqual(Object.keys(accepted.properties).sort());
  expect([...(stated?.requiredInputs ?? []), ...completed].sort()).toEqual(accepted.required.sort());
});

test("the schema's rule and shared rates name exactly what check accepts", () => {
  const { types } = JSON.parse(readFileSync(join(root, "providers/strata/schema.json"), "utf8")) as {
    types: Record<string, { properties: object; required: string[] }>;
  };
  for (const [token, inputs] of [
    ["strata:net:ShapingRule", shapingRule],
    ["strata:net:AccessRates", accessRates],
  ] as const) {
    const accepted = z.toJSONSchema(inputs) as { properties: object; required: string[] };
    expect(Object.keys(types[token]?.properties ?? {})).toEqual(Object.keys(accepted.properties));
    expect(types[token]?.required.toSorted()).toEqual(accepted.required.toSorted());
  }
});
