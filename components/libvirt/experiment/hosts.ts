import { z } from "zod";

/** Query parameters that say how to get to a host; the plugin's documentation has them all (docs/libvirt.md). */
const parameters = ["keyfile", "known_hosts", "socket", "proxy"];

/** What the plugin takes from a program, and an experiment can't have: it is data, which one may get from somebody else. */
const programs = ["command", "netcat"];

/** What of a host's URI tells it apart. */
interface HostParts {
  host: string;
  port?: string;
}

const form =
  /^([a-z]+)(?:\+([a-z0-9]+))?:\/\/(?:[^@/\s?]+@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][\w.-]*)?(?::(\d{1,5}))?(\/[^?\s]*)(?:\?(\S*))?$/;

/** Why a text can't be one of `provider.hosts`; undefined when it can. */
export function hostProblem(text: string): { reason: string; fix: string } | undefined {
  const example = 'write for example "qemu+ssh://root@lab1/system"';
  const match = form.exec(text);
  if (match === null) return { reason: `"${text}" is not a libvirt URI`, fix: example };
  const [, driver = "", transport = "", host, , path = "", query = ""] = match;
  if (driver !== "qemu" || transport !== "ssh") {
    const scheme = transport === "" ? driver : `${driver}+${transport}`;
    return { reason: `"${scheme}" is not a way to a host`, fix: `hosts are reached by ssh: ${example}` };
  }
  if (host === undefined) return { reason: `"${text}" names no host`, fix: example };
  if (path !== "/system") return { reason: `"${path}" is not a host's own daemon`, fix: `end it with /system` };
  if (/\p{Cc}/u.test(decoded(text))) return { reason: "there are control characters in it", fix: "take them out" };
  const named = [...new URLSearchParams(query).keys()].filter((key) => programs.includes(key));
  if (named.length > 0) {
    const fix = `take it out, and say in ~/.ssh/config how ssh gets to ${host}`;
    return { reason: `${named.join(", ")}: an experiment is data and names no program to run`, fix };
  }
  const unknown = [...new URLSearchParams(query).keys()].filter((key) => !parameters.includes(key));
  if (unknown.length === 0) return undefined;
  return unknown.some((key) => key === "no_verify" || key === "known_hosts_verify")
    ? {
        reason: `${unknown.join(", ")}: host keys are always verified`,
        fix: "take it out, and log in once by hand to accept the host's key",
      }
    : { reason: `${unknown.join(", ")} is not known here`, fix: `use: ${parameters.join(", ")}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const hostSchema = z.string().superRefine((text, context) => {
  const problem = hostProblem(text);
  if (problem) context.addIssue({ code: "custom", message: problem.reason, params: { fix: problem.fix } });
});

export const hostsSchema = z
  .array(hostSchema)
  .min(1)
  .superRefine((hosts, context) => {
    hosts.forEach((host, index) => {
      const first = hosts.findIndex((other) => sameHost(other, host));
      if (first === index || hostProblem(host) !== undefined) return;
      const message = `is the same host as hosts[${first}]`;
      context.addIssue({ code: "custom", path: [index], message, params: { fix: "list each host once" } });
    });
  })
  .meta({
    description:
      "Hosts that the machines are shared out among, each a libvirt URI by ssh; joined by VXLAN. In place of `host`.",
    examples: [["qemu+ssh://root@lab1/system", "qemu+ssh://root@lab2/system"]],
  });

function parts(uri: string): HostParts {
  const [, , , host = "", port] = form.exec(uri) ?? [];
  return { host, port };
}

function sameHost(a: string, b: string): boolean {
  const [one, other] = [parts(a), parts(b)];
  return one.host === other.host && (one.port ?? "22") === (other.port ?? "22");
}

/** What the hosts are called, by `on:` and in outputs: as in the URI, with the port only where that tells them apart. */
export function hostNames(uris: readonly string[]): string[] {
  const all = uris.map(parts);
  return all.map(({ host, port }) => {
    const alone = all.filter((other) => other.host === host).length === 1;
    return alone || port === undefined ? host : `${host}:${port}`;
  });
}
