import type { Finding } from "./step.ts";

/** Something about the host that setup can't change, but doctor tells. */
export interface Fact {
  name: string;
  title: string;
  find: () => Promise<Finding>;
}
