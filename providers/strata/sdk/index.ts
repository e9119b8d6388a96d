// Generated from the plugin's own definitions (npm run schema).

export { Credentials, type CredentialsArgs } from "./credentials.ts";
export { Embedded, type EmbeddedArgs } from "./embedded.ts";
export { Forward, type ForwardArgs } from "./forward.ts";
export { Kubeconfig, type KubeconfigArgs } from "./kubeconfig.ts";
export { Mirror, type MirrorArgs } from "./mirror.ts";
export { Node, type NodeArgs } from "./node.ts";
export { Overlay, type OverlayArgs } from "./overlay.ts";
export { Reachable, type ReachableArgs } from "./reachable.ts";
export { Shaping, type ShapingArgs } from "./shaping.ts";
export { Tunnel, type TunnelArgs } from "./tunnel.ts";
export type * from "./types.ts";
export * as types from "./types.ts";
