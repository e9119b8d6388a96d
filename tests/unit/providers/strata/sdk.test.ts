import type * as strata from "@strata/resources";
import type { CredentialsInputs } from "../../../../providers/strata/access/credentials.ts";
import type { ForwardInputs } from "../../../../providers/strata/access/forwardInputs.ts";
import type { EmbeddedInputs } from "../../../../providers/strata/host/embedded.ts";
import type { KubeconfigInputs } from "../../../../providers/strata/kubernetes/kubeconfigInputs.ts";
import type { NodeInputs } from "../../../../providers/strata/kubernetes/nodeInputs.ts";
import type { MirrorInputs } from "../../../../providers/strata/mirror/mirrorInputs.ts";
import type { TunnelInputs } from "../../../../providers/strata/mirror/tunnelInputs.ts";
import type { OverlayInputs } from "../../../../providers/strata/net/overlayInputs.ts";
import type { ReachableInputs } from "../../../../providers/strata/net/reachable.ts";
import type { ShapingInputs } from "../../../../providers/strata/net/shapingInputs.ts";
import { resources } from "../../../../providers/strata/parts.ts";
import type { SameInputs } from "../../../support/sameInputs.ts";

const same: {
  Embedded: SameInputs<strata.EmbeddedArgs, EmbeddedInputs>;
  Credentials: SameInputs<strata.CredentialsArgs, CredentialsInputs>;
  Forward: SameInputs<strata.ForwardArgs, ForwardInputs>;
  Overlay: SameInputs<strata.OverlayArgs, OverlayInputs>;
  Reachable: SameInputs<strata.ReachableArgs, ReachableInputs>;
  Shaping: SameInputs<strata.ShapingArgs, ShapingInputs>;
  Kubeconfig: SameInputs<strata.KubeconfigArgs, KubeconfigInputs>;
  Node: SameInputs<strata.NodeArgs, NodeInputs, "name">;
  Mirror: SameInputs<strata.MirrorArgs, MirrorInputs>;
  Tunnel: SameInputs<strata.TunnelArgs, TunnelInputs>;
} = {
  ...{ Embedded: true, Credentials: true, Forward: true, Overlay: true, Reachable: true, Shaping: true },
  ...{ Kubeconfig: true, Node: true, Mirror: true, Tunnel: true },
};

test("every class takes what check accepts (tsc compares the types)", () => {
  expect(Object.keys(same)).toEqual(resources.map(({ token }) => token.split(":").at(-1)));
});
