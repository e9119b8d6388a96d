import { open } from "node:fs/promises";

/** Enough for some lines, however large a file its machine has made. */
const readBytes = 64 * 1024;

/**
 * The last lines of a machine's serial console, without control sequences; an empty text if there is none. What the file
 * lacks, as it was just begun, is at the end of the one before it, which virtlogd has given another name.
 */
export async function consoleTail(file: string | undefined, lines: number): Promise<string> {
  if (file === undefined) return "";
  const last = await end(file);
  const text = last.length < readBytes ? (await end(`${file}.0`)) + last : last;
  return plainText(text)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-lines)
    .join("\n");
}

async function end(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const length = Math.min(size, readBytes);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return "";
  }
}

/** Escape sequences of terminals (ECMA-48), and all control characters but the line feed. */
function plainText(text: string): string {
  return text.replace(/\u001b(\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])/g, "").replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, "");
}
