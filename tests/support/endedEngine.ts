import proto from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";

type Answer = (error: { code?: number } | null, response?: unknown) => void;
type Send = (this: unknown, request: unknown, answer: Answer) => unknown;

/** gRPC's CANCELLED and UNAVAILABLE. */
const gone = [1, 14];

/** Lets programs run in a test's own process, one engine after another. */
export function outliveEngine(): void {
  ignoreLateOutputs();
  shareNoConnections();
}

/**
 * A program may tell an engine that has just ended what its outputs are. The SDK leaves that rejection to nobody, and
 * jest takes it for a failure of the test.
 */
function ignoreLateOutputs(): void {
  const { prototype } = (proto as unknown as { ResourceMonitorClient: { prototype: Record<string, Send> } })
    .ResourceMonitorClient;
  const send = prototype.registerResourceOutputs!;
  prototype.registerResourceOutputs = function (request, answer) {
    return send.call(this, request, (error, response) => {
      if (gone.includes(error?.code ?? 0)) answer(null);
      else answer(error, response);
    });
  };
}

/**
 * The SDK does not close a program's clients, and gRPC shares connections by address. An engine that is given the port
 * of one that ended would be taken for unavailable, and the SDK takes that for the end of a program that went well:
 * the engine would delete all it had.
 */
function shareNoConnections(): void {
  const { grpcClientOptions } = settings as unknown as { grpcClientOptions: Record<string, unknown> };
  grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
}
