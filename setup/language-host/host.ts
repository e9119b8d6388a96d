// Pulumi's language host for Node.js, for engines that come without the official one: serves pulumirpc.LanguageRuntime
// and runs programs by @pulumi/pulumi's own cmd/run. It stands alone, copied beside the engine, and takes gRPC and the
// protobufs from the project it is started in, so that host and program always speak the same version.
import type * as Grpc from "@grpc/grpc-js";
import type * as Services from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type * as Messages from "@pulumi/pulumi/proto/language_pb.js";
import type * as Plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import type * as Empties from "google-protobuf/google/protobuf/empty_pb.js";
import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { listenToOwnUser } from "./ownPeers.ts";

const engineAddress = process.argv.at(-1) ?? "";

/** The exit status of cmd/run that says: what went wrong has been reported already. */
const alreadyReported = 32;

const project = createRequire(join(process.cwd(), "package.json"));
const sdkPath = pathOfSdk();
const sdk = createRequire(sdkPath);
const grpc = sdk("@grpc/grpc-js") as typeof Grpc;
const services = sdk("./proto/language_grpc_pb.js") as typeof Services;
const messages = sdk("./proto/language_pb.js") as typeof Messages;
const plugins = sdk("./proto/plugin_pb.js") as typeof Plugins;
const empties = sdk("google-protobuf/google/protobuf/empty_pb.js") as typeof Empties;

type Answer<Request, Response> = (call: { request: Request }, reply: Grpc.sendUnaryData<Response>) => void;

const programs = new Set<ChildProcess>();

const run: Answer<Messages.RunRequest, Messages.RunResponse> = ({ request }, reply) => {
  // Messages.ProgramInfo's entry point is relative to the program's directory, which is the working directory here.
  const options = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
  const nodeArguments = typeof options.nodeargs === "string" ? options.nodeargs.split(" ").filter(Boolean) : [];
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    "root-directory": request.getInfo()?.getRootDirectory() ?? "",
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  const program = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      ...nodeArguments,
      sdk.resolve("./cmd/run/index.js"),
      ...Object.entries(flags).flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value])),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      request.getProgram() === "" ? "." : request.getProgram(),
      ...request.getArgsList(),
    ],
    {
      cwd: request.getPwd() === "" ? process.cwd() : request.getPwd(),
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        PULUMI_NODEJS_TYPESCRIPT: "false",
      },
    },
  );
  programs.add(program);
  const finish = (error: string, bail = false): void => {
    if (programs.delete(program)) reply(null, new messages.RunResponse().setError(error).setBail(bail));
  };
  program.once("error", (error) => {
    finish(`Node.js could not be started: ${error.message}`);
  });
  program.once("exit", (code, signal) => {
    if (code === 0) finish("");
    else if (code === alreadyReported) finish("", true);
    else finish(`Program exited with ${code === null ? `signal ${signal ?? "unknown"}` : `status ${code}`}`);
  });
};

const cancel = (): void => {
  for (const program of programs) program.kill("SIGTERM");
};

const methods = {
  handshake: ((_, reply) => {
    reply(null, new messages.LanguageHandshakeResponse());
  }) satisfies Answer<Messages.LanguageHandshakeRequest, Messages.LanguageHandshakeResponse>,
  getPluginInfo: ((_, reply) => {
    reply(null, new plugins.PluginInfo().setVersion((sdk("./package.json") as { version: string }).version));
  }) satisfies Answer<Empties.Empty, Plugins.PluginInfo>,
  // Plugins are found when the first resource of their kind is registered.
  getRequiredPackages: ((_, reply) => {
    reply(null, new messages.GetRequiredPackagesResponse());
  }) satisfies Answer<Messages.GetRequiredPackagesRequest, Messages.GetRequiredPackagesResponse>,
  about: ((_, reply) => {
    reply(null, new messages.AboutResponse().setExecutable(process.execPath).setVersion(process.version));
  }) satisfies Answer<Messages.AboutRequest, Messages.AboutResponse>,
  cancel: ((_, reply) => {
    cancel();
    reply(null, new empties.Empty());
  }) satisfies Answer<Empties.Empty, Empties.Empty>,
  run,
};

const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(services.LanguageRuntimeService, methods);
const connections = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
const { port } = await listenToOwnUser(
  (socket) => {
    connections.injectConnection(socket);
  },
  (why) => process.stderr.write(`pulumi-language-nodejs: ${why}\n`),
);
process.stdout.write(`${port}\n`);

// The engine may be killed: neither the host nor a program may outlive it.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid === engine) return;
  cancel();
  process.exit(1);
}, 500).unref();
process.once("SIGTERM", () => {
  cancel();
  process.exit(0);
});

function pathOfSdk(): string {
  try {
    return project.resolve("@pulumi/pulumi/package.json");
  } catch {
    process.stderr.write(
      `${process.cwd()}: no @pulumi/pulumi found here; run npm ci (or npm install) in the project\n`,
    );
    process.exit(1);
  }
}
