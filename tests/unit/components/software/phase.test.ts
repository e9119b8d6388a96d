import * as pulumi from "@pulumi/pulumi";
import { disconnect } from "@pulumi/pulumi/runtime/settings.js";
import { join } from "node:path";
import type { RolePlan } from "../../../../components/plan/types.ts";
import { contentHash } from "../../../../components/software/contentHash.ts";
import { softwarePhase } from "../../../../components/software/phase.ts";
import type { Properties } from "../../../../providers/kit/values.ts";

const roles = join(import.meta.dirname, "../../../../ansible/roles");

/** What the engine is asked for when machine edge-0 has these roles. */
async function inputsFor(wanted: RolePlan[]): Promise<Properties | undefined> {
  let inputs: Properties | undefined;
  await pulumi.runtime.setMocks({
    newResource: (resource) => {
      inputs = resource.inputs as Properties;
      return { id: "id", state: {} };
    },
    call: () => ({}),
  });
  const machine = {
    ...{ name: "edge-0", tier: "edge" as const, index: 0, address: "10.83.64.1", mac: "02:00:0a:53:40:01" },
    ...{ cpus: 1, memoryMiB: 512, diskGiB: 8, shaping: {}, roles: wanted },
  };
  softwarePhase("edge-0-software", "lab", machine, wanted, pulumi.output("machine-1"), {});
  await disconnect();
  return inputs;
}

test("each role is a key of its own, with its files' hash and its variables", async () => {
  const inputs = await inputsFor([
    { role: "base", variables: { base_tcp_slow_start_after_idle: false } },
    { role: "mqtt", variables: {} },
  ]);
  expect(inputs).toEqual({
    create: 'exec "${STRATA_NODE:-node}" components/software/runPhase.ts',
    delete: 'exec "${STRATA_NODE:-node}" components/software/runPhase.ts undo',
    logging: "stderr",
    environment: {
      STRATA_STACK: "lab",
      STRATA_MACHINE: "edge-0",
      STRATA_ADDRESS: "10.83.64.1",
      STRATA_ROLES: "base mqtt",
      STRATA_ROLE_base: `{"hash":"${contentHash(join(roles, "base"))}","variables":{"base_tcp_slow_start_after_idle":false}}`,
      STRATA_ROLE_mqtt: `{"hash":"${contentHash(join(roles, "mqtt"))}","variables":{}}`,
    },
    triggers: ["machine-1"],
  });
});

test("a machine without roles has no such resource; when its roles go, the resource that goes undoes them", async () => {
  expect(await inputsFor([])).toBeUndefined();
});
