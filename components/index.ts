export { Testbed } from "./testbed.ts";
export type { TestbedArgs } from "./spec/testbed.ts";
export type { TestbedOutputs } from "./contract/testbed.ts";
