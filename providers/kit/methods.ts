import * as grpc from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import type * as Wire from "@pulumi/pulumi/proto/provider_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { z } from "zod";
import { check, diff, failuresOf, previewUpdate, withSecrets, type Operation, type ServedResource } from "./crud.ts";
import { addDetail } from "./detailedDiff.ts";
import type { EngineLog } from "./engineLog.ts";
import { underPresentNames } from "./formerNames.ts";
import { invoke, type ServedFunction } from "./functions.ts";
import { messageOf, ProviderError } from "./plain/errors.ts";
import { printable } from "./plain/printable.ts";
import { checkResponse, diffResponse, wireFailures } from "./responses.ts";
import { changedKeys, containsSecret, markedLike, plainProperties, secret, type Properties } from "./values.ts";

/** One Pulumi package: what its configuration is and which resources it has. */
export interface Plugin<Context> {
  /** Package name, for example `libvirt`. */
  name: string;
  /** Version of the package, semver. */
  version: string;
  /** The package's schema, JSON. */
  schema: string;
  /** Validates the configuration (strictly, like a resource's inputs). */
  configuration: z.ZodType;
  /**
   * Configuration keys under the package's name that are a program's own, not the plugin's: they are left out of what
   * the engine keeps, so that a change of them is no change of the provider.
   */
  programKeys?: readonly string[];
  /** Makes what the operations share of the valid configuration. Must not connect to anything: previews call it too. */
  configure(configuration: Properties): Context;
  /**
   * What the package has; asked for once. The engine starts one plugin after the other, each until it is configured: what
   * a plugin needs for its resources alone is better loaded here, after that.
   */
  parts(): Promise<Parts<Context>>;
}

export interface Parts<Context> {
  resources: readonly ServedResource<Context>[];
  functions?: readonly ServedFunction<Context>[];
}

/** Lets the answer to `configure` go out first: loading modules keeps the process busy. */
const loadAfterMs = 5;

type Handler<Request> = (call: { request: Request }, callback: grpc.sendUnaryData<unknown>) => void;

function fromStruct(struct: Struct | undefined): Properties {
  return plainProperties(sentBy(struct));
}

/** The properties as they were sent, secrets in their envelopes. */
function sentBy(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

/** {@link sentBy} for what comes from the state, which an older version may have written. */
function keptBy<Context>({ formerNames }: ServedResource<Context>, struct: Struct | undefined): Properties {
  return underPresentNames(sentBy(struct), formerNames);
}

/** The same, plain. */
function stateBy<Context>(definition: ServedResource<Context>, inputs?: Struct, outputs?: Struct) {
  return {
    inputs: plainProperties(keptBy(definition, inputs)),
    outputs: plainProperties(keptBy(definition, outputs)),
  };
}

function toStruct(properties: Properties): Struct {
  return structMessages.Struct.fromJavaScript(properties as Parameters<typeof structMessages.Struct.fromJavaScript>[0]);
}

function without(properties: Properties, keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key)));
}

/** A provider's own inputs, without the plugin's version that the engine adds where the program asks for one. */
function configurationOf(inputs: Properties): Properties {
  return without(inputs, ["version"]);
}

/** Answers a call with what `work` resolves to, or with the sentence of what it throws. */
function unary<Request>(work: (request: Request) => unknown): Handler<Request> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => work(call.request))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          // An error that nobody foresaw is a defect: its stack belongs into the plugin's log, which the engine keeps.
          if (!(error instanceof ProviderError) && error instanceof Error) {
            process.stderr.write(`${error.stack ?? error.message}\n`);
          }
          callback({ code: grpc.status.UNKNOWN, details: printable(messageOf(error)) });
        },
      );
  };
}

/** The methods of pulumirpc.ResourceProvider for a plugin. */
export function methods<Context>(plugin: Plugin<Context>, log: EngineLog): Record<string, Handler<never>> {
  let loading: Promise<Parts<Context>> | undefined;
  const parts = (): Promise<Parts<Context>> => (loading ??= plugin.parts());
  const interrupted = new AbortController();
  let context: { value: Context } | undefined;

  const definitionOf = async (urn: string): Promise<ServedResource<Context>> => {
    const token = (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
    const { resources } = await parts();
    const definition = resources.find((one) => one.token === token);
    if (definition) return definition;
    const known = resources.map((one) => one.token).join(", ");
    throw new ProviderError(
      `the ${plugin.name} plugin ${plugin.version} has no resource type ${token}; it has ${known}`,
    );
  };
  const unconfigured = (urn: string): Omit<Operation<Context>, "context"> => ({
    urn,
    name: urn.split("::").slice(3).join("::"),
    signal: interrupted.signal,
    log: (severity, message, ephemeral) => {
      log(severity, message, { urn, ephemeral });
    },
  });
  const configured = (): Context => {
    if (!context) throw new ProviderError(`the ${plugin.name} plugin was used before it was configured`);
    return context.value;
  };
  const operation = (urn: string): Operation<Context> => ({ ...unconfigured(urn), context: configured() });

  // What the program marked as secret is still secret when it comes back as an output.
  const marked = (definition: ServedResource<Context>, properties: Properties, ...patterns: unknown[]): Struct =>
    toStruct(
      patterns.reduce<Properties>(
        (result, pattern) => markedLike(result, pattern) as Properties,
        withSecrets(definition, properties),
      ),
    );
  const outputsOf = (
    definition: ServedResource<Context>,
    inputs: Properties,
    outputs: Properties,
    sent: unknown,
  ): Struct => {
    const tainted = definition.outputsSecretWithInputs === true && containsSecret(sent);
    const secrets = tainted ? Object.keys(outputs) : [];
    const taint = Object.fromEntries(secrets.map((name) => [name, secret(null)]));
    return marked(definition, { ...outputs, ...inputs }, sent, taint);
  };

  return {
    getPluginInfo: unary(() => {
      const response = new pluginMessages.PluginInfo();
      response.setVersion(plugin.version);
      return response;
    }),
    getSchema: unary(() => {
      const response = new messages.GetSchemaResponse();
      response.setSchema(plugin.schema);
      return response;
    }),
    attach: unary(() => new emptyMessages.Empty()),
    cancel: unary(() => {
      interrupted.abort(new ProviderError("interrupted"));
      return new emptyMessages.Empty();
    }),

    checkConfig: unary((request: Wire.CheckRequest) => {
      const inputs = without(fromStruct(request.getNews()), plugin.programKeys ?? []);
      const failures = failuresOf(plugin.configuration, configurationOf(inputs), `the ${plugin.name} provider`);
      return checkResponse(toStruct(inputs), failures);
    }),
    // A provider never replaces: that would recreate all its resources under the same names.
    diffConfig: unary((request: Wire.DiffRequest) =>
      diffResponse(changedKeys(fromStruct(request.getOldInputs()), fromStruct(request.getNews())), [], false),
    ),
    configure: unary((request: Wire.ConfigureRequest) => {
      context = { value: plugin.configure(configurationOf(fromStruct(request.getArgs()))) };
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      // A failure is the answer to the first call that needs them.
      setTimeout(() => void parts().catch(() => undefined), loadAfterMs);
      return response;
    }),

    check: unary(async (request: Wire.CheckRequest) => {
      const definition = await definitionOf(request.getUrn());
      const sent = sentBy(request.getNews());
      const { inputs: olds } = stateBy(definition, request.getOlds());
      const { inputs, failures } = check(definition, sent, unconfigured(request.getUrn()), olds);
      return checkResponse(marked(definition, inputs, sent), failures);
    }),
    diff: unary(async (request: Wire.DiffRequest) => {
      const definition = await definitionOf(request.getUrn());
      const olds = stateBy(definition, request.getOldInputs(), request.getOlds());
      const drifted = definition.drift ? await definition.drift(operation(request.getUrn()), olds) : [];
      const news = fromStruct(request.getNews());
      const found = diff(definition, olds.inputs, news, drifted, request.getIgnorechangesList());
      const response = diffResponse(found.changed, found.replaces, found.deleteBeforeReplace);
      const sent = { olds: keptBy(definition, request.getOldInputs()), news: sentBy(request.getNews()) };
      addDetail(response, found, sent);
      return response;
    }),
    invoke: unary(async (request: Wire.InvokeRequest) => {
      const definition = (await parts()).functions?.find(({ token }) => token === request.getTok());
      if (!definition) throw new ProviderError(`the ${plugin.name} plugin has no function ${request.getTok()}`);
      const { result, failures } = await invoke(definition, configured(), fromStruct(request.getArgs()));
      const response = new messages.InvokeResponse();
      response.setReturn(toStruct(result));
      response.setFailuresList(wireFailures(failures));
      return response;
    }),
    create: unary(async (request: Wire.CreateRequest) => {
      const definition = await definitionOf(request.getUrn());
      const sent = sentBy(request.getProperties());
      const inputs = plainProperties(sent);
      const response = new messages.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(marked(definition, inputs, sent));
        return response;
      }
      const { id, outputs } = await definition.create(operation(request.getUrn()), inputs);
      response.setId(id);
      response.setProperties(outputsOf(definition, inputs, outputs, sent));
      return response;
    }),
    read: unary(async (request: Wire.ReadRequest) => {
      const definition = await definitionOf(request.getUrn());
      const state = stateBy(definition, request.getInputs(), request.getProperties());
      const found = await definition.read(operation(request.getUrn()), request.getId(), state);
      const response = new messages.ReadResponse();
      if (!found) return response;
      response.setId(request.getId());
      const [inputs, properties] = [request.getInputs(), request.getProperties()].map((it) => keptBy(definition, it));
      response.setInputs(marked(definition, found.inputs, inputs));
      response.setProperties(marked(definition, { ...found.outputs, ...found.inputs }, inputs, properties));
      return response;
    }),
    update: unary(async (request: Wire.UpdateRequest) => {
      const definition = await definitionOf(request.getUrn());
      const inputs = fromStruct(request.getNews());
      const old = stateBy(definition, request.getOldInputs(), request.getOlds());
      const response = new messages.UpdateResponse();
      if (request.getPreview()) {
        const promised = previewUpdate(definition, old.outputs, inputs);
        response.setProperties(
          marked(definition, promised, sentBy(request.getNews()), keptBy(definition, request.getOlds())),
        );
        return response;
      }
      if (!definition.update) throw new ProviderError(`${definition.token} can't be changed in place`);
      const { outputs } = await definition.update(operation(request.getUrn()), request.getId(), inputs, old);
      response.setProperties(outputsOf(definition, inputs, outputs, sentBy(request.getNews())));
      return response;
    }),
    delete: unary(async (request: Wire.DeleteRequest) => {
      const definition = await definitionOf(request.getUrn());
      const state = stateBy(definition, request.getOldInputs(), request.getProperties());
      await definition.delete(operation(request.getUrn()), request.getId(), state);
      return new emptyMessages.Empty();
    }),
  };
}
