// A testbed that the stack's configuration describes.
import * as pulumi from "@pulumi/pulumi";
import { Testbed, type TestbedArgs } from "../../../components/index.ts";
import { leaveOutSdkDebugging } from "../../../program/sdkDebugging.ts";

leaveOutSdkDebugging();

const args = new pulumi.Config().requireObject<TestbedArgs>("testbed");
export const testbed = new Testbed(pulumi.getStack(), args).outputs;
