/** What a write fails with when its reader has ended, or its terminal is closed. */
const closed = ["EPIPE", "EIO", "ECONNRESET"];

/** A closed terminal, or a reader that has ended, is no reason to stop in the middle: the work goes on in silence. */
export function quietly(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!closed.includes(error.code ?? "")) throw error;
    });
  }
}
