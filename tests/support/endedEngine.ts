import proto from "@pulumi/pulumi/proto/resource_grpc_pb.js";

type Answer = (error: { code?: number } | null, response?: unknown) => void;
type Send = (this: unknown, request: unknown, answer: Answer) => unknown;

/** gRPC's CANCELLED and UNAVAILABLE. */
const gone = [1, 14];

/**
 * A program in a test's own process may tell an engine that has just ended what its outputs are. The SDK leaves that
 * rejection to nobody, and jest takes it for a failure of the test.
 */
export function outliveEngine(): void {
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
