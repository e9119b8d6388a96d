import * as pulumi from "@pulumi/pulumi";
import { leaveOutSdkDebugging } from "../../../stacks/sdkDebugging.ts";

const { debug } = pulumi.log;
const prepare = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");

afterEach(() => {
  delete process.env.STRATA_SDK_DEBUG;
  Object.assign(pulumi.log, { debug });
  if (prepare) Object.defineProperty(Error, "prepareStackTrace", prepare);
});

test("the SDK's debug messages and source maps are left out, its other messages are not", () => {
  const { warn } = pulumi.log;
  Error.prepareStackTrace = () => "mapped";
  leaveOutSdkDebugging();
  expect(pulumi.log.debug).not.toBe(debug);
  expect(pulumi.log.warn).toBe(warn);
  expect(new Error("where").stack).toContain("where");
});

test("STRATA_SDK_DEBUG=1 keeps them", () => {
  process.env.STRATA_SDK_DEBUG = "1";
  Error.prepareStackTrace = () => "mapped";
  leaveOutSdkDebugging();
  expect(pulumi.log.debug).toBe(debug);
  expect(new Error("where").stack).toBe("mapped");
});
