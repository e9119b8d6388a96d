import { z } from "zod";

/** The package, but for its schema. */
export const plugin = {
  name: "strata",
  version: "0.1.0",
  displayName: "Strata",
  description:
    "What a testbed of real machines needs beside the machines: a libvirt host, ways in, measured networks, clusters.",
  npmName: "@strata/resources",
  configuration: z.strictObject({}),
  // Read by the experiments' program (program/experiment.ts).
  programKeys: ["experiment", "testbed"],
  configure: () => null,
  parts: () => import("./parts.ts"),
};
