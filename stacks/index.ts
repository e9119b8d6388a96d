// The Pulumi program of every experiment stack: reads the experiment's file and builds its testbed.
import * as pulumi from "@pulumi/pulumi";
import { Testbed } from "../components/index.ts";
import { stopAtErrors } from "../components/problems/stopAtErrors.ts";
import { readExperiment } from "../program/experiment.ts";
import { leaveOutSdkDebugging } from "../program/sdkDebugging.ts";

leaveOutSdkDebugging();

const stack = pulumi.getStack();
const { file, loaded } = readExperiment(stack, new pulumi.Config("strata"));
// What is only doubtful the testbed shows.
if (!loaded.ok) stopAtErrors(loaded.problems, file);

const built = loaded.ok ? new Testbed(stack, loaded.args) : undefined;
// Only clusters have the latter: the engine warns of outputs without a value.
const access = built?.kubeconfig && { kubeconfig: built.kubeconfig };
export default built && { testbed: built.outputs, ...access };
