import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { listenToOwnUser } from "./ownPeers.ts";
import { engineLog } from "./engineLog.ts";
import { exitWithParent } from "./exitWithParent.ts";
import { methods, type Plugin } from "./methods.ts";

export type { Plugin } from "./methods.ts";

/**
 * Serves a Pulumi provider plugin: pulumirpc.ResourceProvider on a port of the loop-back interface, which is printed
 * for the engine; other users' processes are not served. The Node provider server of @pulumi/pulumi would do for simple resources, but it passes on neither
 * configuration nor old inputs, nor whether an operation is only a preview.
 */
export async function serve<Context>(plugin: Plugin<Context>, args = process.argv.slice(2)): Promise<void> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(
    services.ResourceProviderService,
    methods(plugin, engineLog(engineAddress(args))) as unknown as grpc.UntypedServiceImplementation,
  );
  const connections = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const { port } = await listenToOwnUser(
    (socket) => {
      connections.injectConnection(socket);
    },
    (why) => process.stderr.write(`plugin ${plugin.name}: ${why}\n`),
  );
  exitWithParent();
  process.stdout.write(`${port}\n`);
}

/** The engine's own address among a plugin's arguments: flags such as --logtostderr or --tracing URL may be before it. */
export function engineAddress(args: readonly string[]): string | undefined {
  return args.find((arg, index) => !arg.startsWith("-") && args[index - 1] !== "--tracing");
}
