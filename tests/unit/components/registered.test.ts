import { jest } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { registrationsOf } from "../../support/registrations.ts";

/** As Pulumi's SDK has them: what hangs below a component. */
type Parent = pulumi.ComponentResource & { __name: string; __childResources?: Set<pulumi.Resource> };

interface Component {
  registerOutputs: (this: Parent, outputs?: pulumi.Inputs) => void;
}

const children = ({ __childResources }: Parent): number => __childResources?.size ?? 0;

/** How many children each component had when it said that it was complete. */
const complete = new Map<Parent, number>();
const prototype = pulumi.ComponentResource.prototype as unknown as Component;
const { registerOutputs } = prototype;
jest.spyOn(prototype, "registerOutputs").mockImplementation(function (this: Parent, outputs) {
  complete.set(this, children(this));
  registerOutputs.call(this, outputs);
});

test("a component has all its children when it registers its outputs, and each component does", async () => {
  const { registrations } = await registrationsOf("lab", {
    tiers: { cloud: { count: 2, cpus: 2, memory: "2 GiB" }, edge: {}, endpoint: {} },
    links: { preset: "4g" },
    software: [{ kind: "kubernetes" }, { kind: "mqtt", on: "edge" }],
  });
  const components = registrations.filter(({ custom }) => !custom).map(({ name }) => name);
  expect([...complete.keys()].map(({ __name }) => __name).sort()).toEqual(components.sort());
  expect(components).toEqual(expect.arrayContaining(["lab", "cloud", "cloud-0", "kubernetes"]));
  const late = [...complete].filter(([component, number]) => children(component) !== number);
  expect(late.map(([{ __name }]) => __name)).toEqual([]);
});
