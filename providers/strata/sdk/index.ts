export { Credentials, type CredentialsArgs } from "./credentials.ts";
export { Embedded, type EmbeddedArgs } from "./embedded.ts";
export { Reachable, type ReachableArgs } from "./reachable.ts";
export { Shaping, type ShapingArgs, type ShapingRule } from "./shaping.ts";
