import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import type * as Wire from "@pulumi/pulumi/proto/provider_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

const root = join(import.meta.dirname, "../..");

export type Values = Record<string, unknown>;

export const struct = (values: Values): Struct =>
  structMessages.Struct.fromJavaScript(values as Parameters<typeof structMessages.Struct.fromJavaScript>[0]);

/** A plugin run as the engine runs it, and the calls that the engine makes. */
export class PluginProcess {
  readonly process: ChildProcess;
  readonly client: InstanceType<typeof services.ResourceProviderClient>;

  private constructor(process: ChildProcess, client: PluginProcess["client"]) {
    this.process = process;
    this.client = client;
  }

  /** Starts the file through the plugins' launcher; resolves when it has printed its port. */
  static start(file: string): Promise<PluginProcess> {
    return PluginProcess.#run(join(root, "providers/kit/run-plugin.sh"), join(root, file));
  }

  /** Starts the plugin of this name by its own executable, with the settings that this has for Node.js. */
  static startPackage(name: string): Promise<PluginProcess> {
    return PluginProcess.#run(join(root, "providers", name, `pulumi-resource-${name}`));
  }

  static async #run(...command: string[]): Promise<PluginProcess> {
    const child = spawn("sh", command, {
      env: { ...process.env, STRATA_NODE: process.execPath },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [output] = (await once(child.stdout, "data")) as [Buffer];
    const address = `127.0.0.1:${output.toString().trim()}`;
    return new PluginProcess(child, new services.ResourceProviderClient(address, grpc.credentials.createInsecure()));
  }

  async stop(): Promise<void> {
    this.client.close();
    const ended = once(this.process, "exit");
    this.process.kill();
    await ended;
  }

  configure(args: Values): Promise<Wire.ConfigureResponse> {
    const request = new messages.ConfigureRequest();
    request.setArgs(struct(args));
    return call((done) => this.client.configure(request, done));
  }

  checkConfig(news: Values): Promise<Wire.CheckResponse> {
    const request = new messages.CheckRequest();
    request.setNews(struct(news));
    return call((done) => this.client.checkConfig(request, done));
  }

  check(urn: string, news: Values): Promise<Wire.CheckResponse> {
    const request = new messages.CheckRequest();
    request.setUrn(urn);
    request.setNews(struct(news));
    return call((done) => this.client.check(request, done));
  }

  diff(urn: string, oldInputs: Values, news: Values): Promise<Wire.DiffResponse> {
    const request = new messages.DiffRequest();
    request.setUrn(urn);
    request.setOldInputs(struct(oldInputs));
    request.setNews(struct(news));
    return call((done) => this.client.diff(request, done));
  }

  create(urn: string, properties: Values, preview = false): Promise<Wire.CreateResponse> {
    const request = new messages.CreateRequest();
    request.setUrn(urn);
    request.setProperties(struct(properties));
    request.setPreview(preview);
    return call((done) => this.client.create(request, done));
  }

  read(urn: string, id: string, inputs: Values, properties: Values): Promise<Wire.ReadResponse> {
    const request = new messages.ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setInputs(struct(inputs));
    request.setProperties(struct(properties));
    return call((done) => this.client.read(request, done));
  }

  update(urn: string, news: Values, oldInputs: Values, olds: Values, preview = false): Promise<Wire.UpdateResponse> {
    const request = new messages.UpdateRequest();
    request.setId("id");
    request.setUrn(urn);
    request.setNews(struct(news));
    request.setOldInputs(struct(oldInputs));
    request.setOlds(struct(olds));
    request.setPreview(preview);
    return call((done) => this.client.update(request, done));
  }
}

function call<Response>(start: (done: (error: Error | null, response: Response) => void) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    start((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}
