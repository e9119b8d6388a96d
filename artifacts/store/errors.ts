/** A failure that a user can act on: its message says what failed, why, and the fix; it is shown without a stack trace. */
export class ArtifactError extends Error {
  override name = "ArtifactError";
}
