import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { BrokerConfig } from "../../../benchmarks/workloads/image-classification/shared/protocol.ts";

const mosquitto = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"].find(existsSync);

/** Why there is no broker on this host; undefined where there is one. */
export const noBroker =
  mosquitto === undefined ? "mosquitto is not installed here (Debian: apt-get install mosquitto)" : undefined;

export interface NativeBroker {
  config: BrokerConfig;
  process: ChildProcess;
  stop(): void;
}

/** Starts a broker on a free loopback port, with a password, as the role `mqtt` sets it up. @throws Error after 10 s. */
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
  for (let tries = 0; tries < 100; tries += 1) {
    if (await answers(config.port)) return { config, process: child, stop };
    await sleep(100);
  }
  stop();
  throw new Error(`mosquitto did not listen on port ${config.port} within 10 s`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
