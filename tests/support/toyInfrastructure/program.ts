// Run in the copy: prints what a testbed of the toy kind registers, and its outputs.
import * as pulumi from "@pulumi/pulumi";
import type * as components from "../../../components/index.ts";

const registered: { type: string; name: string; inputs: object }[] = [];
await pulumi.runtime.setMocks({
  newResource: ({ type, name, inputs }: { type: string; name: string; inputs: object }) => {
    registered.push({ type, name, inputs });
    const keys = { publicKey: "user", hostPublicKey: "host", hostPrivateKey: "private" };
    return { id: `${name}.id`, state: { ...inputs, ...(type === "strata:access:Credentials" ? keys : {}) } };
  },
  call: () => ({}),
});
const { Testbed } = (await import(`${process.cwd()}/components/index.ts`)) as typeof components;
const lab = new Testbed("lab", JSON.parse(process.argv[2] ?? "{}") as components.TestbedArgs);
const testbed = await new Promise((resolve) => lab.outputs.apply(resolve));
process.stdout.write(JSON.stringify({ registered, testbed }));
