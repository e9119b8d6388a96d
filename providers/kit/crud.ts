import type { z } from "zod";
import { changedKeys, lookUp, pathText, plainProperties, secret, unknownValue, type Properties } from "./values.ts";

/** What an operation may use besides the resource's properties. */
export interface Operation<Context> {
  urn: string;
  /** The last part of the URN: the name the user gave the resource. */
  name: string;
  /** What the plugin made of its configuration. */
  context: Context;
  /** Aborted when the user interrupts the update. */
  signal: AbortSignal;
  /** Of what is made again from a state (recreate.ts): the id that it had. A `create` that can choose gives it back. */
  formerId?: string;
  /** Shows a line at the resource in the engine's display. An ephemeral one is replaced by the next. */
  log: (severity: "info" | "warning", message: string, ephemeral?: boolean) => void;
}

export interface State<Inputs, Outputs> {
  inputs: Inputs;
  outputs: Outputs;
}

/**
 * One resource type. Values are plain: secrets unwrapped, absent members left out. `create`, `update` and `delete`
 * only ever see known values; failures are thrown, as a ProviderError where the user can do something about it.
 */
export interface Resource<Inputs, Outputs, Context> {
  /** Type token, for example `libvirt:index/domain:Domain`. */
  token: string;
  /** What it is, for the package's schema; left out where the package stands in for another, whose schema says it. */
  description?: string;
  /**
   * Validates the inputs, strictly: what is not in here is refused. It must not transform or default; `complete` does.
   */
  inputs: z.ZodType<Inputs>;
  /** What it has besides, for the schema: what `create` returns is not validated. */
  outputs?: z.ZodType<Outputs>;
  /** Inputs that others of this kind know and this one refuses: why, and what to do, by path (`disks[].url`). */
  refused?: Readonly<Record<string, string>>;
  /** Properties that older versions called otherwise, by that name: states that those wrote are read as if they had not. */
  formerNames?: Readonly<Record<string, string>>;
  /**
   * Fills in what was left out, such as a name made from the resource's name. It may see unknown values. `old` is what
   * the state holds of a resource that exists.
   */
  complete?(inputs: Properties, operation: Omit<Operation<Context>, "context">, old?: Properties): Properties;
  /** Names of inputs and outputs that are secret whatever the program says. */
  secrets?: readonly string[];
  /** Inputs, or what `drift` names, whose change needs a new resource. */
  replaceOn: readonly string[];
  /** Whether a change of one of these can do without a new one after all: a path that is written in another way. */
  inPlace?(key: string, olds: Inputs, news: Inputs): boolean;
  /** A replaced resource is deleted first. Right (and the default) where names are deterministic. */
  deleteBeforeReplace?: boolean;
  /**
   * Names of properties that the world has lost although the inputs are the same (a daemon that died, a file that was
   * deleted); they count as changed. Asked in every preview, so it must be fast and change nothing.
   */
  drift?(operation: Operation<Context>, state: State<Inputs, Outputs>): string[] | Promise<string[]>;
  /** All outputs are secret when an input is: right where outputs may repeat inputs, as a command's output may. */
  outputsSecretWithInputs?: boolean;
  /** Outputs that an update may change: unknown in the preview of an update. All others keep their old value. */
  volatileOutputs?: readonly string[];
  /**
   * Must adopt what a killed run of the same resource left behind. Here and below, outputs are what the resource has
   * besides its inputs; where both have a name, the input's value goes into the state.
   */
  create(operation: Operation<Context>, inputs: Inputs): Promise<{ id: string; outputs: Outputs }>;
  /** What exists now; undefined if it is gone. On import, `state` is empty. */
  read(
    operation: Operation<Context>,
    id: string,
    state: State<Partial<Inputs>, Partial<Outputs>>,
  ): Promise<State<Inputs, Outputs> | undefined>;
  /** Absent where every change replaces. */
  update?(
    operation: Operation<Context>,
    id: string,
    inputs: Inputs,
    old: State<Inputs, Outputs>,
  ): Promise<{ outputs: Outputs }>;
  /** Succeeds if it is already gone. */
  delete(operation: Operation<Context>, id: string, state: State<Inputs, Outputs>): Promise<void>;
}

/** A resource type as the server sees it, whatever its own property types. */
export type ServedResource<Context> = Resource<Properties, Properties, Context>;

/** Erases the property types, so that resources of different types fit one list. `check` guarantees the inputs' type. */
export function resource<Inputs, Outputs, Context>(
  definition: Resource<Inputs, Outputs, Context>,
): ServedResource<Context> {
  return definition as unknown as ServedResource<Context>;
}

export interface Failure {
  property: string;
  reason: string;
}

/** Every problem of the inputs, each with its property path. What is not known yet is left for the update to check. */
export function failuresOf(
  schema: z.ZodType,
  inputs: Properties,
  what: string,
  refused: Readonly<Record<string, string>> = {},
): Failure[] {
  const parsed = schema.safeParse(inputs);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => {
    if (lookUp(inputs, issue.path).unknown) {
      if (issue.code !== "unrecognized_keys") return [];
    }
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => {
        const property = pathText([...issue.path, key]);
        const why = refused[property.replaceAll(/\[\d+\]/g, "[]")];
        const reason = why === undefined ? `${property} is not supported by ${what}; remove it` : `${property}: ${why}`;
        return { property, reason };
      });
    }
    const path = pathText(issue.path);
    return [{ property: path, reason: path === "" ? issue.message : `${path}: ${issue.message}` }];
  });
}

/** The inputs as they are kept in the state, or what is wrong with them. */
export function check<Context>(
  definition: ServedResource<Context>,
  news: Properties,
  operation: Omit<Operation<Context>, "context">,
  olds?: Properties,
): { inputs: Properties; failures: Failure[] } {
  const given = plainProperties(news);
  const old = olds && plainProperties(olds);
  const inputs = definition.complete ? plainProperties(definition.complete(given, operation, old)) : given;
  return { inputs, failures: failuresOf(definition.inputs, inputs, definition.token, definition.refused) };
}

export interface Difference {
  changed: string[];
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** Whether a change of an input makes a new resource, unless it can be made in place after all. */
export function replacesBy<Context>(definition: ServedResource<Context>, key: string): boolean {
  return !definition.update || definition.replaceOn.includes(key);
}

/**
 * What a change of inputs means. The engine itself shows the difference in detail, from old and new inputs.
 *
 * @param ignored properties whose change the program wants to mean nothing, whoever made it.
 */
export function diff<Context>(
  definition: ServedResource<Context>,
  oldInputs: Properties,
  newInputs: Properties,
  drifted: readonly string[] = [],
  ignored: readonly string[] = [],
): Difference {
  const olds = plainProperties(oldInputs);
  const news = plainProperties(newInputs);
  const changed = [...new Set([...changedKeys(olds, news), ...drifted])].filter((key) => !ignored.includes(key)).sort();
  const replaces = changed.filter((key) => replacesBy(definition, key) && !definition.inPlace?.(key, olds, news));
  return {
    changed,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && (definition.deleteBeforeReplace ?? true),
  };
}

/** The outputs as a preview of an update promises them: what an update can't change stays known. */
export function previewUpdate<Context>(
  definition: ServedResource<Context>,
  oldOutputs: Properties,
  newInputs: Properties,
): Properties {
  const volatile = (definition.volatileOutputs ?? []).map((name) => [name, unknownValue] as const);
  return { ...oldOutputs, ...newInputs, ...Object.fromEntries(volatile) };
}

/** Puts the envelope around the properties that are always secret. */
export function withSecrets<Context>(definition: ServedResource<Context>, properties: Properties): Properties {
  const result = plainProperties(properties);
  for (const name of definition.secrets ?? []) {
    if (name in result) result[name] = secret(result[name]);
  }
  return result;
}
