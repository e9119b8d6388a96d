import * as pulumi from "@pulumi/pulumi";
import { debuggable, leaveOutSdkDebugging } from "../../../program/sdkDebugging.ts";

const { debug } = pulumi.log;
const { debuggablePromise } = debuggable;
const prepare = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
const callsites = Object.getOwnPropertyDescriptor(pulumi.Resource, "callsites");

afterEach(() => {
  delete process.env.STRATA_SDK_DEBUG;
  Object.assign(pulumi.log, { debug });
  Object.assign(debuggable, { debuggablePromise });
  if (prepare) Object.defineProperty(Error, "prepareStackTrace", prepare);
  if (callsites) Object.defineProperty(pulumi.Resource, "callsites", callsites);
});

/** What the SDK keeps with a promise. */
async function keptTrace(): Promise<unknown> {
  const promise = Promise.resolve("value");
  expect(await debuggable.debuggablePromise(promise, "test")).toBe("value");
  return (promise as { _debugStackTrace?: unknown })._debugStackTrace;
}

const linesOf = (): number => (pulumi.Resource as unknown as { callsites: () => unknown[] }).callsites().length;

test("the SDK's debug messages, stack traces and source maps are left out, its other messages are not", async () => {
  const { warn } = pulumi.log;
  Error.prepareStackTrace = () => "mapped";
  leaveOutSdkDebugging();
  expect(pulumi.log.debug).not.toBe(debug);
  expect(pulumi.log.warn).toBe(warn);
  expect(await keptTrace()).not.toContain("\n");
  expect(linesOf()).toBe(0);
  const { stack } = new Error("where");
  expect(stack).toContain("where");
  expect(stack).toContain("sdkDebugging.test.ts");
});

test("a promise that never resolves is still noticed", () => {
  leaveOutSdkDebugging();
  debuggable.leakedPromises();
  void debuggable.debuggablePromise(new Promise(() => undefined), "stuck");
  const [leaked] = debuggable.leakedPromises();
  expect(leaked.size).toBe(1);
});

test("STRATA_SDK_DEBUG=1 keeps them", async () => {
  process.env.STRATA_SDK_DEBUG = "1";
  leaveOutSdkDebugging();
  expect(pulumi.log.debug).toBe(debug);
  expect(await keptTrace()).toContain("sdkDebugging.test.ts");
  expect(linesOf()).toBeGreaterThan(0);
  Error.prepareStackTrace = () => "mapped";
  leaveOutSdkDebugging();
  expect(new Error("where").stack).toBe("mapped");
});
