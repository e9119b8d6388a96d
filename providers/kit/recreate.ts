import type { Operation, ServedResource, State } from "./crud.ts";
import { ProviderError } from "./plain/errors.ts";
import type { Properties } from "./values.ts";

/**
 * Makes again what a state of the engine's says was made, where it has gone or does not run any more. What is there stays as it is.
 *
 * @throws ProviderError where it would have another id, by which nothing that goes by the state would find it.
 */
export async function recreate<Context>(
  definition: ServedResource<Context>,
  operation: Operation<Context>,
  id: string,
  state: State<Properties, Properties>,
): Promise<void> {
  if ((await definition.read(operation, id, state)) === undefined) {
    const made = await definition.create({ ...operation, formerId: id }, state.inputs);
    if (made.id === id) return;
    throw new ProviderError(`${operation.name} was made again as ${made.id}, and its state knows it as ${id}`);
  }
  const lost = (await definition.drift?.(operation, state)) ?? [];
  if (lost.length > 0) await definition.update?.(operation, id, state.inputs, state);
}
