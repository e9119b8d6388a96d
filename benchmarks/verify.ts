import type { Activity } from "../events/event.ts";
import { stackDirectory } from "../local/stateDirectory.ts";
import type { LinkCheck } from "./network/result.ts";
import { verifyNetwork } from "./network/verify.ts";
import { testbedOfStack } from "./stack.ts";
import { sshTransport } from "./transport/ssh.ts";

export { offLinks, unmeasuredLinks, type LinkCheck } from "./network/result.ts";
export { networkText } from "./report/networkTable.ts";

/**
 * Measures the links of a stack that is up.
 * @param news told what is being measured. @throws Error when there is no such testbed, or the signal's reason.
 */
export async function verifyStack(
  stack: string,
  news: (activity: Activity) => void,
  signal: AbortSignal,
): Promise<LinkCheck[]> {
  const testbed = await testbedOfStack(stack, signal);
  try {
    return await verifyNetwork(sshTransport(testbed, stackDirectory(stack)), testbed, news, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
