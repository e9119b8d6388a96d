/** What a caught value says. Not by instanceof: errors may come from another realm (a test's, a worker's). */
export function reasonOf(error: unknown): string {
  return typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);
}
