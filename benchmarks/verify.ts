import { stackDirectory } from "../providers/kit/stateDirectory.ts";
import type { LinkCheck } from "./network/result.ts";
import { verifyNetwork } from "./network/verify.ts";
import { onInterrupt } from "./run/interrupt.ts";
import { readTestbed } from "./stack.ts";
import { sshTransport } from "./transport/ssh.ts";

export { offLinks } from "./network/result.ts";
export { networkText } from "./report/networkTable.ts";

/**
 * Measures the links of a stack that is up.
 * @param detail told what is being measured. @throws Error when there is no such testbed, or it was interrupted.
 */
export async function verifyStack(stack: string, detail: (text: string) => void): Promise<LinkCheck[]> {
  const testbed = await readTestbed(stack);
  const interrupt = onInterrupt();
  try {
    return await verifyNetwork(sshTransport(testbed, stackDirectory(stack)), testbed, detail, interrupt.signal);
  } catch (error) {
    if (interrupt.signal.aborted) throw new DOMException("interrupted", "AbortError");
    throw error;
  } finally {
    interrupt.release();
  }
}
