/** A failure that a user can act on: its message is shown as it is, without a stack trace. */
export class ProviderError extends Error {
  override name = "ProviderError";
}

/** The sentence to show for whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
