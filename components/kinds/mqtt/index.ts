import { z } from "zod";
import { tierNames } from "../../experiment/tier.ts";
import type { SoftwareKind } from "../kind.ts";
import { tierHasMachines } from "../../experiment/tierHasMachines.ts";
import { brokerTiers } from "./brokers.ts";

const schema = z.strictObject({
  kind: z.literal("mqtt").meta({ description: "An MQTT 5 broker (Mosquitto) with a password of the stack's own." }),
  on: z.enum(tierNames).meta({ description: "Tier whose machines run the broker.", examples: ["edge"] }),
});

/** An MQTT broker on each machine of a tier. */
export const mqtt: SoftwareKind<typeof schema> = {
  title: "MQTT",
  schema,
  rules: ({ on }, i) => [
    tierHasMachines("mqtt", on, i),
    {
      path: ["software", i],
      needs: ["software"],
      when: (spec) => brokerTiers(spec.software.slice(0, i)).includes(on),
      reason: () => `mqtt on ${on} is listed twice`,
      fix: "remove one",
    },
  ],
  roles: ({ on }, { tier }) => (tier === on ? [{ role: "mqtt", variables: {} }] : []),
  passwords: ["mqtt"],
  image: { packages: ["mosquitto", "mosquitto-clients"] },
  // Refused for want of a password (5), it was answered.
  health: "mosquitto_pub --quiet -h localhost -t strata/health -m 0; case $? in 0 | 5) ;; *) false ;; esac",
  setup: "always",
};
