import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import type { Problem } from "../experiment/problem.ts";

/** What this host does to packets that it forwards. */
export interface Firewall {
  /** Packets within one bridge pass iptables, too. */
  bridgesFiltered: boolean;
  /** The chain FORWARD as `iptables -S` prints it; undefined where this user may not look. */
  forward: string | undefined;
  /** Docker is here, which sets the chain's policy to DROP. */
  docker: boolean;
}

const limitMs = 10_000;

/** Looks, and changes nothing. @param path where iptables is searched for. */
export function lookAtFirewall(path = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`): Firewall {
  const setting = "/proc/sys/net/bridge/bridge-nf-call-iptables";
  const { status, stdout } = spawnSync("iptables", ["-S", "FORWARD"], {
    encoding: "utf8",
    timeout: limitMs,
    env: { ...process.env, PATH: path },
  });
  return {
    bridgesFiltered: existsSync(setting) && readFileSync(setting, "utf8").trim() === "1",
    forward: status === 0 ? stdout : undefined,
    docker: existsSync("/sys/class/net/docker0"),
  };
}

/**
 * Whether this host's own firewall may keep machines apart that are on one bridge of its libvirtd. Only a warning: libvirt, where it uses
 * iptables itself, puts a rule of its own before. The firewall is the user's, so it is never changed.
 */
export function firewallProblems(bridge: string, { bridgesFiltered, forward, docker }: Firewall): Problem[] {
  const drops = forward === undefined ? docker : /^-P FORWARD DROP$/m.test(forward);
  const accepted = new RegExp(`-i ${bridge} -o ${bridge}( .*)? -j ACCEPT`).test(forward ?? "");
  if (!bridgesFiltered || !drops || accepted) return [];
  const who = docker ? ", as Docker sets it" : "";
  const known = forward === undefined ? "may be" : "is";
  return [
    {
      severity: "warning",
      path: "provider.host",
      reason:
        `this host lets packets within a bridge pass iptables (net.bridge.bridge-nf-call-iptables is 1), ` +
        `whose chain FORWARD ${known} DROP${who}: machines may not reach each other`,
      fix:
        `where \`strata verify network\` gets no answer, allow it: ` +
        `iptables -I ${docker ? "DOCKER-USER" : "FORWARD"} -i ${bridge} -o ${bridge} -j ACCEPT`,
    },
  ];
}
