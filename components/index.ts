export { Testbed } from "./testbed.ts";
export type { TestbedArgs } from "./experiment/whole/testbed.ts";
export type { TestbedOutputs } from "./contract/testbed.ts";
