import type { z } from "zod";
import { failuresOf, type Failure } from "./crud.ts";
import type { Properties } from "./values.ts";

/** A function of a package: it reads something and changes nothing. Values are plain, as for resources. */
export interface ServedFunction<Context> {
  /** Token, for example `libvirt:index/getHost:getHost`. */
  token: string;
  /** Validates the arguments, strictly. */
  inputs: z.ZodType;
  /** @throws ProviderError where what is asked for is not there. */
  call(context: Context, args: Properties): Promise<Properties>;
}

/** {@link ServedFunction} with the arguments' type, which `inputs` guarantees. */
export function pluginFunction<Args, Result extends object, Context>(definition: {
  token: string;
  inputs: z.ZodType<Args>;
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
  return { result: failures.length > 0 ? {} : await definition.call(context, args), failures };
}
