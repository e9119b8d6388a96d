import * as grpc from "@grpc/grpc-js";
import { printable } from "./plain/printable.ts";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";

export type EngineLog = (
  severity: "info" | "warning",
  message: string,
  options: { urn: string; ephemeral?: boolean },
) => void;

/** Sends lines to the engine's display; without an engine (in tests) to stderr. A line that can't be sent is lost. */
export function engineLog(address: string | undefined): EngineLog {
  if (address === undefined) {
    return (severity, message) => process.stderr.write(`${severity}: ${printable(message)}\n`);
  }
  const client = new engineServices.EngineClient(address, grpc.credentials.createInsecure());
  return (severity, message, { urn, ephemeral }) => {
    const request = new engineMessages.LogRequest();
    request.setSeverity(engineMessages.LogSeverity[severity === "info" ? "INFO" : "WARNING"]);
    request.setMessage(printable(message));
    request.setUrn(urn);
    request.setEphemeral(ephemeral ?? false);
    client.log(request, () => undefined);
  };
}
