import { faultOrders } from "../../benchmarks/timeline/faultOrders.ts";
import { RemotePlayer } from "../../benchmarks/timeline/remotePlayer.ts";
import type { RealLinks } from "../support/realLinks.ts";
import { until } from "../support/until.ts";

/** A mahimahi trace, for a window of 4 s: 0.12 Mbit/s, then 1.2. */
export const mahimahi = [
  ...Array.from({ length: 40 }, (_, i) => 100 * i),
  ...Array.from({ length: 400 }, (_, i) => 4000 + 10 * (i + 1)),
].join("\n");

/**
 * Plays that trace between cloud and endpoint, takes one link down, has another lose packets, and lets systemd end the
 * players for their time. No benchmark runs meanwhile: its packets would be in the way of the measurement.
 */
export async function playOnSingleLinks(links: RealLinks): Promise<void> {
  const { testbed, transport } = links;
  const when = { atS: 1, durationS: 600 };
  const orders = faultOrders(testbed, [
    { kind: "link-down", link: "edge-endpoint", ...when },
    { kind: "loss-burst", link: "cloud-edge", lossPercent: 20, ...when },
  ]);
  const queues = (): Promise<string[]> =>
    Promise.all([
      links.queueTo("endpoint-0", "cloud"),
      links.queueTo("endpoint-0", "edge"),
      links.queueTo("cloud-0", "edge"),
    ]);
  const largeMs = async (): Promise<number> =>
    (await links.ping("endpoint-0", "cloud-0", "-s 1472 -c 3 -i 0.3")).meanMs;

  const own = await queues();
  const players = testbed.machines.map((machine) => new RemotePlayer(transport, machine, { limitMs: 60_000 }));
  const lasting = { lifetimeMs: 20_000, signal: new AbortController().signal };
  await Promise.all(players.map((one) => one.start(orders.get(one.machine.name) ?? [], lasting)));
  for (const one of players) one.begin(Date.now() + 1000);

  await until("the low rate", 10_000, async () => / rate 120Kbit/.test(await links.queueTo("endpoint-0", "cloud")));
  // A packet of 1514 bytes takes 101 ms each way, beside the link's 45.
  expect(await largeMs()).toBeGreaterThan(250);
  await until("the link to be down", 10_000, async () => / loss 100%/.test(await links.queueTo("endpoint-0", "edge")));
  expect(await links.queueTo("cloud-0", "edge")).toMatch(/ loss 20%/);
  const [down, burst] = await Promise.all([
    links.ping("endpoint-0", "edge-0", "-c 4 -i 0.3 -W 1"),
    links.ping("cloud-0", "edge-0", "-c 100 -i 0.05"),
  ]);
  expect(down.received).toBe(0);
  // 64 of 100 come back, five standard deviations about.
  expect(burst.received).toBeGreaterThan(40);
  expect(burst.received).toBeLessThan(88);
  await until("the high rate", 10_000, async () => / rate 1200Kbit/.test(await links.queueTo("endpoint-0", "cloud")));
  expect(await largeMs()).toBeLessThan(200);

  await until(
    "the queues to be what they were",
    30_000,
    async () => JSON.stringify(await queues()) === JSON.stringify(own),
  );
  const ends = await Promise.allSettled(players.map((one) => one.end()));
  for (const end of ends) {
    expect(end.status === "rejected" ? String(end.reason) : "it ended by itself").toMatch(/runtime time limit/);
  }
}
