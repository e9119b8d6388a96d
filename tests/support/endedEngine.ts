import proto from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";

type Answer = (error: Failure, response?: unknown) => void;
type Send = (this: unknown, request: unknown, answer: Answer) => unknown;

type Failure = { code?: number; message?: string } | null;

/** gRPC's UNAVAILABLE. */
const unavailable = 14;
/** And CANCELLED. */
const gone = [1, unavailable];

/** Lets programs run in a test's own process, one engine after another. */
export function outliveEngine(): void {
  takeEndedCallsForGone();
  ignoreLateOutputs();
  shareNoConnections();
}

const monitor = (proto as unknown as { ResourceMonitorClient: { prototype: Record<string, Send> } })
  .ResourceMonitorClient.prototype;

/**
 * An engine that is killed in the middle of a call may end it as INTERNAL, "Call ended without gRPC status". The SDK knows
 * UNAVAILABLE as the end of its engine, and leaves all else to nobody, which would fail the tests after this one.
 */
function takeEndedCallsForGone(): void {
  for (const method of ["registerResource", "registerResourceOutputs", "readResource", "invoke", "call"]) {
    const send = monitor[method]!;
    monitor[method] = function (request, answer) {
      return send.call(this, request, (error, response) => {
        if (/Call ended without gRPC status/.test(error?.message ?? "")) Object.assign(error!, { code: unavailable });
        answer(error, response);
      });
    };
  }
}

/**
 * A program may tell an engine that has just ended what its outputs are. The SDK leaves that rejection to nobody, and
 * jest takes it for a failure of the test.
 */
function ignoreLateOutputs(): void {
  const send = monitor.registerResourceOutputs!;
  monitor.registerResourceOutputs = function (request, answer) {
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
