import * as grpc from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import { engineLog } from "../../../../providers/kit/engineLog.ts";
import { until } from "../../../support/until.ts";

test("lines reach the engine with their resource and severity, harmless to its terminal", async () => {
  const heard: LogRequest.AsObject[] = [];
  const server = new grpc.Server();
  server.addService(engineServices.EngineService, {
    log: ({ request }: { request: LogRequest }, done: grpc.sendUnaryData<unknown>) => {
      heard.push(request.toObject());
      done(null, new emptyMessages.Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  const log = engineLog(`127.0.0.1:${port}`);
  log("info", "waiting for edge-0", { urn: "urn:a", ephemeral: true });
  log("warning", "edge-0 said: \u001b[2J", { urn: "urn:b" });
  await until("both lines", 20_000, () => heard.length === 2, 10);
  server.forceShutdown();
  const { INFO, WARNING } = engineMessages.LogSeverity;
  expect(heard.sort((a, b) => a.severity - b.severity)).toMatchObject([
    { severity: INFO, message: "waiting for edge-0", urn: "urn:a", ephemeral: true },
    { severity: WARNING, message: "edge-0 said: \\u{1b}[2J", urn: "urn:b", ephemeral: false },
  ]);
});

test("an engine that is gone takes nothing with it", async () => {
  const log = engineLog("127.0.0.1:1");
  expect(() => {
    log("info", "anybody?", { urn: "urn:a" });
  }).not.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 50));
});
