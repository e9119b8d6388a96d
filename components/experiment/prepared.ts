import { z } from "zod";
import type { Rule } from "./rule.ts";

/** What is kept of a testbed after it was built, for the next time. */
export const preparedSchema = z.enum(["testbed"]).meta({
  description:
    "testbed: once `strata up` has built it, all of it is saved with its machines' memory, and an `up` of the same experiment " +
    "after a `destroy` brings that back, in seconds. Absent: it is built anew.",
  examples: ["testbed"],
});

export type Prepared = z.output<typeof preparedSchema>;

const bootsCold = "machines that boot by themselves can't be saved with their memory";

export const preparedRules: readonly Rule[] = [
  {
    path: ["prepared"],
    needs: ["prepared", "machines"],
    when: ({ prepared, machines }) => prepared !== undefined && machines.boot === "cold",
    reason: () => bootsCold,
    fix: "leave machines.boot out, or prepared",
  },
  {
    path: ["benchmark", "repetitions"],
    needs: ["benchmark", "machines"],
    when: ({ benchmark, machines }) => benchmark?.startFrom !== undefined && machines.boot === "cold",
    reason: () => bootsCold,
    fix: "leave machines.boot out, or from: snapshot",
  },
];
