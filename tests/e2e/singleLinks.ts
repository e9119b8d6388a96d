import { faultOrders } from "../../benchmarks/injection/faultOrders.ts";
import { RemoteInjector } from "../../benchmarks/injection/remoteInjector.ts";
import { patient } from "../support/patience.ts";
import type { RealLinks } from "../support/realLinks.ts";
import { until } from "../support/until.ts";

/** So long the low rate lasts: enough to see it and to measure it. */
export const windowMs = Math.ceil(patient(8000) / 1000) * 1000;

/** A mahimahi trace, for that window: 0.12 Mbit/s, then 1.2. */
export const mahimahi = [
  ...Array.from({ length: windowMs / 100 }, (_, i) => 100 * i),
  ...Array.from({ length: windowMs / 10 }, (_, i) => windowMs + 10 * (i + 1)),
].join("\n");

/**
 * Replays that trace between cloud and endpoint, takes one link down, has another lose packets, and lets systemd end the
 * injectors for their time. No benchmark runs meanwhile: its packets would be in the way of the measurement.
 */
export async function playOnSingleLinks(links: RealLinks): Promise<void> {
  const { testbed, transport } = links;
  const when = { atS: 1, durationS: 3600 };
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
    (await links.ping("endpoint-0", "cloud-0", "-s 1472 -c 10 -l 10")).meanMs;

  const own = await queues();
  const injectors = testbed.machines.map(
    (machine) => new RemoteInjector(transport, machine, { limitMs: patient(60_000) }),
  );
  const lasting = { lifetimeMs: 2 * windowMs + patient(20_000), signal: new AbortController().signal };
  try {
    await Promise.all(injectors.map((one) => one.start(orders.get(one.machine.name) ?? [], lasting)));
    for (const one of injectors) one.begin(Date.now() + 1000);

    await until("the low rate", 60_000, async () => / rate 121120bit/.test(await links.classTo("endpoint-0", "cloud")));
    // A packet of 1514 bytes takes 100 ms, and ten of them are sent at once: they wait for 360 ms on average, beside the link's 90.
    const lowMs = await largeMs();
    expect(lowMs).toBeGreaterThan(250);
    await until("the link to be down", 60_000, async () =>
      / loss 100%/.test(await links.queueTo("endpoint-0", "edge")),
    );
    // Each machine begins by its own clock.
    await until("the burst", 60_000, async () => / loss 20%/.test(await links.queueTo("cloud-0", "edge")));
    const [down, burst] = await Promise.all([
      links.ping("endpoint-0", "edge-0", "-c 4 -i 0.3 -W 1"),
      links.ping("cloud-0", "edge-0", "-c 100 -i 0.05"),
    ]);
    expect(down.received).toBe(0);
    // 64 of 100 come back, five standard deviations about.
    expect(burst.received).toBeGreaterThan(40);
    expect(burst.received).toBeLessThan(88);
    await until("the high rate", 60_000, async () => / rate 1211Kbit/.test(await links.classTo("endpoint-0", "cloud")));
    // 10 ms now, so none waits; whatever the host adds, it adds to both.
    expect(await largeMs()).toBeLessThan(lowMs - 100);

    await until(
      "the queues to be what they were",
      120_000,
      async () => JSON.stringify(await queues()) === JSON.stringify(own),
    );
  } catch (error) {
    // The tests that come after this one look for the links' own values.
    await Promise.allSettled(injectors.map((one) => one.end()));
    throw error;
  }
  const ends = await Promise.allSettled(injectors.map((one) => one.end()));
  for (const end of ends) {
    expect(end.status === "rejected" ? String(end.reason) : "it ended by itself").toMatch(/runtime time limit/);
  }
}
