import grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";
import { outliveEngine } from "../../support/endedEngine.ts";

outliveEngine();

const { grpcClientOptions } = settings as unknown as { grpcClientOptions: grpc.ClientOptions };

test("a program reaches an engine that has the port of one that ended", async () => {
  const [first, port] = await engine(0);
  const stale = client(port);
  expect(await ask(stale)).toBe("answered");
  first.forceShutdown();
  expect(await ask(stale)).toMatch("UNAVAILABLE");
  const [second] = await engine(port);
  const fresh = client(port);
  try {
    expect(await ask(fresh)).toBe("answered");
  } finally {
    for (const end of [stale, fresh]) end.close();
    second.forceShutdown();
  }
});

function client(port: number) {
  // As the SDK makes it.
  return new engineGrpc.EngineClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), grpcClientOptions);
}

function ask(of: ReturnType<typeof client>): Promise<string> {
  return new Promise((resolve) => {
    of.setRootResource(new engineMessages.SetRootResourceRequest(), (error) => {
      resolve(error?.message ?? "answered");
    });
  });
}

async function engine(port: number): Promise<[grpc.Server, number]> {
  const server = new grpc.Server();
  server.addService(engineGrpc.EngineService, {
    setRootResource: (_call: unknown, answer: (error: null, response: object) => void) => {
      answer(null, new engineMessages.SetRootResourceResponse());
    },
  });
  const credentials = grpc.ServerCredentials.createInsecure();
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, at) => {
      if (error === null) resolve(at);
      else reject(error);
    });
  });
  return [server, bound];
}
