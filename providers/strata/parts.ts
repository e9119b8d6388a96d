import { credentials } from "./access/credentials.ts";
import { forward } from "./access/forward.ts";
import { embedded } from "./host/embedded.ts";
import { kubeconfig } from "./kubernetes/kubeconfig.ts";
import { node } from "./kubernetes/node.ts";
import { mirror } from "./mirror/mirror.ts";
import { tunnel } from "./mirror/tunnel.ts";
import { overlay } from "./net/overlay.ts";
import { reachable } from "./net/reachable.ts";
import { shaping } from "./net/shaping.ts";

export const resources = [
  embedded,
  credentials,
  forward,
  overlay,
  reachable,
  shaping,
  kubeconfig,
  node,
  mirror,
  tunnel,
];
