import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const role = join(import.meta.dirname, "../../../ansible/roles/mqtt");
const read = (path: string): string => readFileSync(join(role, path), "utf8");

test("as many photos may be under way as a long link needs", () => {
  const defaults = parse(read("defaults/main.yml")) as { mqtt_max_inflight_messages: number };
  expect(read("templates/strata.conf.j2")).toMatch(/^max_inflight_messages \{\{ mqtt_max_inflight_messages \}\}$/m);
  // A satellite's 100 Mbit/s for a round trip of 600 ms, in photos of 68 kB: 111.
  const needed = (100e6 * 0.6) / 8 / 68_000;
  expect(defaults.mqtt_max_inflight_messages).toBeGreaterThan(needed);
});
