import mqtt from "mqtt";
import type { MqttClient } from "mqtt";
import type { BrokerConfig } from "./protocol.ts";
import { RunFailure } from "../../container/runFailure.ts";

/**
 * Connects once, with MQTT 5, and never again by itself: a benchmark whose connection broke has failed, and a silent
 * reconnect would turn the break into odd latencies.
 * @param onLost called at most once, with the reason, when the connection ends before `client.end` was called.
 * @throws RunFailure with broker address and reason when it can't connect within 30 s.
 */
export async function connectBroker(
  broker: BrokerConfig,
  clientId: string,
  onLost: (reason: string) => void,
): Promise<MqttClient> {
  const address = `${broker.host}:${broker.port}`;
  let client: MqttClient;
  try {
    client = await mqtt.connectAsync(
      `mqtt://${address}`,
      {
        protocolVersion: 5,
        clientId,
        username: broker.username,
        password: broker.password,
        clean: true,
        keepalive: 30,
        connectTimeout: 30_000,
        reconnectPeriod: 0,
      },
      false,
    );
  } catch (error) {
    throw new RunFailure(`cannot connect to the MQTT broker ${address}: ${describe(error)}`, { cause: error });
  }
  // Nagle's algorithm would hold back the last part of a photo until the broker has acknowledged the part before.
  (client.stream as { setNoDelay?: (on: boolean) => void }).setNoDelay?.(true);
  let lost = false;
  const report = (reason: string): void => {
    if (lost || client.disconnecting) return;
    lost = true;
    onLost(reason);
  };
  client.on("error", (error) => {
    report(`lost the connection to the MQTT broker ${address}: ${describe(error)}`);
  });
  client.on("disconnect", (packet) => {
    report(`the MQTT broker ${address} ended the connection (reason code ${packet.reasonCode ?? 0})`);
  });
  client.on("close", () => {
    report(`lost the connection to the MQTT broker ${address}`);
  });
  return client;
}

function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}
