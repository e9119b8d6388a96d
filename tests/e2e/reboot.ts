// A reboot of the quickstart's machine with the broker.
import type { RealLinks } from "../support/realLinks.ts";
import { until } from "../support/until.ts";

const minute = 60_000;

/** Reboots it, and waits for its rules and its broker. */
export async function rebootEdge(links: RealLinks): Promise<void> {
  const queue = () => links.queueTo("edge-0", "endpoint");
  const boot = () => links.run("edge-0", "cat /proc/sys/kernel/random/boot_id");
  const [own, before] = await Promise.all([queue(), boot()]);
  expect(own).toContain(" delay ");
  // ssh may end before it is told that all is well.
  await links.run("edge-0", "systemctl reboot").catch(() => "");
  await until("another boot", 5 * minute, async () => ![before, ""].includes(await boot().catch(() => "")));
  await until("the rules", minute, async () => (await queue()) === own);
  const broker = () => links.run("edge-0", "systemctl is-active mosquitto || true");
  await until("the broker", minute, async () => (await broker()) === "active");
}
