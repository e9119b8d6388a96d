import { jest } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { disconnect } from "@pulumi/pulumi/runtime/settings.js";
import { recordRegistrations, warnings } from "../../support/registrations.ts";

/** Runs stacks/index.ts, the program of every stack, on stacks/quickstart.yaml with `override` laid over it. */
async function run(override: object): Promise<void> {
  warnings.length = 0;
  await recordRegistrations("quickstart");
  pulumi.runtime.setAllConfig({ "strata:testbed": JSON.stringify(override) });
  // A program runs when it is loaded; another query makes it another module.
  await import(`../../../stacks/index.ts?${JSON.stringify(override).length}`);
  await disconnect();
}

const emulated =
  "no usable hardware acceleration (KVM) on this host: machines are emulated, roughly ten times slower, and every report says so";

test("an emulated testbed is announced, once", async () => {
  await run({});
  expect(warnings).toEqual([emulated]);
});

test("a warning is shown once", async () => {
  await run({ links: { "cloud-edge": { latency: "1 ms", jitter: "2 ms" } } });
  expect(warnings).toEqual([
    "warning: links.cloud-edge.jitter: a jitter of 2 ms on a latency of 1 ms asks for negative delays; netem makes them 0, which raises the mean and narrows the spread; make the jitter at most a third of the latency",
    emulated,
  ]);
});

test("what is wrong is shown with where it was written, beside what is doubtful", async () => {
  const wrong = run({ tiers: { cloud: { count: "x" } }, links: { "cloud-edge": { jitter: "90 ms" } } });
  await expect(wrong).rejects.toThrow(
    /^config strata:testbed: tiers\.cloud\.count: "x" is not a number; write for example 1$/,
  );
  expect(warnings).toEqual([
    "config strata:testbed: warning: links.cloud-edge.jitter: a jitter of 90 ms on a latency of 7.5 ms asks for negative delays; netem makes them 0, which raises the mean and narrows the spread; make the jitter at most a third of the latency",
  ]);
});

test("the program of every stack leaves out the SDK's own debugging", async () => {
  const debug = jest.spyOn(pulumi.log, "debug");
  await run({ links: {} });
  expect(jest.isMockFunction(pulumi.log.debug)).toBe(false);
  debug.mockRestore();
});
