import { readFile } from "node:fs/promises";

/** The last lines of a machine's serial console, without control sequences; an empty text if there is none. */
export async function consoleTail(file: string | undefined, lines: number): Promise<string> {
  if (file === undefined) return "";
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return "";
  }
  return plainText(text)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-lines)
    .join("\n");
}

/** Escape sequences of terminals (ECMA-48), and all control characters but the line feed. */
function plainText(text: string): string {
  return text.replace(/\u001b(\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])/g, "").replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, "");
}
