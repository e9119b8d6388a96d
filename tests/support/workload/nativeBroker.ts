import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrokerConfig } from "../../../benchmarks/workloads/image-classification/container/protocol.ts";
import { answers, freePort } from "../ports.ts";
import { until } from "../until.ts";

const mosquitto = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"].find(existsSync);

/** Why there is no broker on this host; undefined where there is one. */
export const noBroker =
  mosquitto === undefined ? "mosquitto is not installed here (Debian: apt-get install mosquitto)" : undefined;

export interface NativeBroker {
  config: BrokerConfig;
  process: ChildProcess;
  stop(): void;
}

/** Starts a broker on a free loopback port, with a password, as the role `mqtt` sets it up. @throws Error when it does not listen. */
export async function startBroker(): Promise<NativeBroker> {
  const directory = mkdtempSync(join(tmpdir(), "strata-broker-"));
  const config = { host: "127.0.0.1", port: await freePort(), username: "strata", password: "for-this-test" };
  const passwords = join(directory, "passwords");
  execFileSync("mosquitto_passwd", ["-b", "-c", passwords, config.username, config.password]);
  const lines = [`listener ${config.port} 127.0.0.1`, "allow_anonymous false", `password_file ${passwords}`];
  // Started by root, mosquitto changes to a user that may not read this directory.
  if (process.getuid?.() === 0) lines.push("user root");
  writeFileSync(join(directory, "mosquitto.conf"), `${lines.join("\n")}\n`);
  const child = spawn(mosquitto ?? "mosquitto", ["-c", join(directory, "mosquitto.conf")], { stdio: "ignore" });
  const stop = (): void => {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await until(`mosquitto to listen on port ${config.port}`, 60_000, () => answers(config.port), 50);
  } catch (error) {
    stop();
    throw error;
  }
  return { config, process: child, stop };
}
