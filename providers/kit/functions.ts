import type { z } from "zod";
import { failuresOf, type Failure } from "./crud.ts";
import { plainProperties, type Properties } from "./values.ts";

/** A function of a package: it reads something and changes nothing. Values are plain, as for resources. */
export interface ServedFunction<Context> {
  /** Token, for example `libvirt:index/getHost:getHost`. */
  token: string;
  /** What it tells, for the package's schema. */
  description: string;
  /** Validates the arguments, strictly. */
  inputs: z.ZodType;
  /** What it returns, for the schema. */
  outputs: z.ZodType;
  /** @throws ProviderError where what is asked for is not there. */
  call(context: Context, args: Properties): Promise<Properties>;
}

/** {@link ServedFunction} with the arguments' type, which `inputs` guarantees. */
export function pluginFunction<Args, Result extends object, Context>(definition: {
  token: string;
  description: string;
  inputs: z.ZodType<Args>;
  outputs: z.ZodType<Result>;
  call(context: Context, args: Args): Promise<Result>;
}): ServedFunction<Context> {
  return definition as unknown as ServedFunction<Context>;
}

/** Calls a function if its arguments are right; else says what is wrong with each. */
export async function invoke<Context>(
  definition: ServedFunction<Context>,
  context: Context,
  args: Properties,
): Promise<{ result: Properties; failures: Failure[] }> {
  const failures = failuresOf(definition.inputs, args, definition.token);
  // The wire knows no members that are undefined: those are left out.
  return { result: failures.length > 0 ? {} : plainProperties(await definition.call(context, args)), failures };
}
