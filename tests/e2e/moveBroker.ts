// The quickstart's broker moves to another machine, and back: it leaves nothing where it was.
import type { Sandbox } from "../support/strata.ts";

/** What a broker has on its machine: whether it runs, its files, its port. */
const traces =
  "systemctl is-active mosquitto; systemctl is-enabled --quiet mosquitto && echo enabled; " +
  "ls /etc/mosquitto/conf.d/strata.conf /etc/mosquitto/strata-users /etc/strata/mqtt-users 2>/dev/null; " +
  "ss --listening --tcp --numeric --no-header 'sport = 1883' | wc -l; true";

const nothing = "inactive\n0";

export async function moveBroker(sandbox: Sandbox): Promise<void> {
  const on = async (machine: string): Promise<string> =>
    (await sandbox.succeed("strata", "ssh", "quickstart", machine, traces)).stdout.trim();
  const was = await on("edge-0");
  expect(was).toMatch(/^active\n/);
  expect(await on("cloud-0")).toBe(nothing);

  const settings = ["kind=mqtt", "on=cloud"].flatMap((text) => ["--plaintext", `strata:testbed.software[0].${text}`]);
  await sandbox.succeed("pulumi", "config", "set-all", "--stack", "quickstart", "--path", ...settings);
  await sandbox.succeed("strata", "up", "quickstart", "--yes");
  expect(await on("edge-0")).toBe(nothing);
  expect(await on("cloud-0")).toMatch(/^active\n/);

  await sandbox.succeed("pulumi", "config", "rm", "--stack", "quickstart", "--path", "strata:testbed.software");
  await sandbox.succeed("strata", "up", "quickstart", "--yes");
  expect(await on("cloud-0")).toBe(nothing);
  expect(await on("edge-0")).toBe(was);
}
