/** A failure that a user can act on: its message is shown as it is, without a stack trace. */
export class ProviderError extends Error {
  override name = "ProviderError";
}

/** The sentence to show for whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  // Not instanceof Error: an error of another realm (a worker, a test) is none to that.
  return hasMessage(error) ? error.message : String(error);
}

/** What was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(messageOf(thrown));
}

function hasMessage(error: unknown): error is { message: string } {
  return typeof error === "object" && error !== null && "message" in error && typeof error.message === "string";
}
