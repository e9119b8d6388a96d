import { Credentials, Kubeconfig, Node, Reachable, Shaping, Tunnel } from "@strata/resources";
import { makeKnown } from "../../../providers/strata/access/machineFile.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { PluginStack, type KeptResource } from "../../support/pluginStack.ts";

const machine = { stack: "lab", machine: "edge-0", address: "127.0.0.63" };
const node = {
  ...{ name: "edge-0", version: "1.35.4" },
  control: { machine: "cloud-0", address: "127.0.0.64" },
};
const server = "https://127.0.0.1:23456";
const rules = { cloud: { cidr: "10.83.0.0/18", latencyMs: 5, jitterMs: 0, lossPercent: 0, limitPackets: 100 } };

/** As Strata wrote them when the identity of a machine was called domainId. */
const former: [name: string, type: string, inputs: Record<string, unknown>, outputs?: Record<string, unknown>][] = [
  ["reachable", "strata:net:Reachable", {}],
  ["shaping", "strata:net:Shaping", { device: "eth0", scheme: 2, rules }],
  ["node", "strata:kubernetes:Node", node, { ready: true }],
  ["kubeconfig", "strata:kubernetes:Kubeconfig", { server }, { kubeconfig: "{}" }],
  ["tunnel", "strata:mirror:Tunnel", { port: 5000 }, { url: "http://127.0.0.1:5000" }],
];

function formerNamesTests(): void {
  let stack: PluginStack;

  const keys = () => new Credentials("keys", { stack: "lab" });
  const program =
    (machineId: string, withTunnel = false) =>
    () => {
      keys();
      new Reachable("reachable", { ...machine, machineId });
      new Shaping("shaping", { ...machine, device: "eth0", scheme: 2, rules, machineId });
      new Node("node", { ...machine, ...node, machineId });
      new Kubeconfig("kubeconfig", { ...machine, server, machineId });
      if (withTunnel) new Tunnel("tunnel", { ...machine, port: 5000, machineId });
      return Promise.resolve();
    };

  beforeAll(async () => {
    stack = await PluginStack.create(["strata"]);
    process.env.STRATA_STATE = stack.state;
    await stack.up(() => {
      keys();
      return Promise.resolve();
    });
    await makeKnown(machine);
    await stack.rewriteState((resources) => [...resources, ...former.map((one) => formerResource(resources, one))]);
  });
  afterAll(() => {
    stack.remove();
  });

  test("a state of older names is no change: nothing is replaced, and nothing done again", async () => {
    // The tunnel's process, of which there is none here, is missed, and that alone.
    expect(await stack.preview(program("d", true))).toMatchObject({ update: 1, replace: 0, create: 0, same: 6 });
    expect((await stack.previewDetail(program("d", true), "tunnel")).op).toBe("update");
  });

  test("another machine under an older name is an update in place", async () => {
    expect(await stack.preview(program("e"))).toMatchObject({ update: 4, replace: 0, create: 0, same: 2 });
    const details = [];
    for (const [name] of former.slice(0, 4)) details.push(await stack.previewDetail(program("e"), name));
    expect(details).toEqual(Array(4).fill({ op: "update", diff: ["~machineId"] }));
  });

  test("an update writes the state under the names of today", async () => {
    await stack.forget("tunnel");
    expect(await stack.up(program("d"))).toEqual({ create: 0, update: 0, replace: 0, delete: 0, same: 6 });
    let inputs: KeptResource["inputs"][] = [];
    await stack.rewriteState((resources) => {
      inputs = resources.filter(({ type }) => /:(net|kubernetes):/.test(type)).map((resource) => resource.inputs);
      return resources;
    });
    expect(inputs.map((one) => [one?.machineId, one?.domainId])).toEqual(Array(4).fill(["d", undefined]));
    expect(await stack.preview(program("d"))).toMatchObject({ update: 0, replace: 0, same: 6 });
  });
}

/** @param resources of the state, which the stack itself and the plugin's provider are among. */
function formerResource(
  resources: readonly KeptResource[],
  [name, type, inputs, outputs = {}]: (typeof former)[number],
): KeptResource {
  const beside = resources.find((one) => one.type === "strata:access:Credentials");
  if (beside === undefined) throw new Error("the stack has no credentials");
  const all = { ...machine, ...inputs, domainId: "d" };
  return {
    ...beside,
    urn: beside.urn.replace(beside.type, type).replace(/[^:]+$/, name),
    type,
    id: `lab/${name}`,
    inputs: all,
    outputs: { ...outputs, ...all },
  };
}

const problem = findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)";
describeUnless(problem, "states of older names", formerNamesTests);
