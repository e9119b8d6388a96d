import { execa } from "execa";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EmbeddedHost } from "../../../local/embeddedHost.ts";
import { argumentsOf } from "../process/detached.ts";
import { hostMachines, machineOf } from "./machines.ts";
import { inNamespace, namespaceProcesses, ownsNamespace } from "../process/namespace.ts";
import { ownNames, type OwnNames } from "./ownNames.ts";
import { parentProcess, processName } from "../process/processes.ts";

/** What is on the host that somebody else has made: kind and name, as one says it ("network lan"). */
export interface Foreign {
  kind: "machine" | "network" | "pool" | "secret" | "packet filter" | "file" | "process" | "network device";
  name: string;
}

/**
 * What neither Strata nor one of these stacks has made: somebody defined it by hand, or it is of another program or of a
 * stack that uses the host no longer. It is found without the daemon, which may be dead.
 */
export async function foreignThings(host: EmbeddedHost, stacks: readonly string[]): Promise<Foreign[]> {
  const own = stacks.map((stack) => ownNames(stack));
  const machines = (await hostMachines(host)).filter(({ name }) => !own.some(({ isMachine }) => isMachine(name)));
  return [
    ...machines.map(({ name }): Foreign => ({ kind: "machine", name })),
    ...foreignDefinitions(host, own),
    ...foreignFiles(host, own).map((name): Foreign => ({ kind: "file", name })),
    ...(await foreignInNamespace(host)),
  ];
}

/** Between two looks, and for all of them together. */
const [againMs, settledMs] = [100, 2000];

/**
 * The same, once what is only ending has had the time for it: a process that leaves has no name to tell whose it was, and
 * what ssh goes through is a program of another name until it has got into the namespace.
 */
export async function lastingForeignThings(host: EmbeddedHost, stacks: readonly string[]): Promise<Foreign[]> {
  const until = performance.now() + settledMs;
  for (;;) {
    const found = await foreignThings(host, stacks);
    if (found.length === 0 || performance.now() > until) return found;
    await sleep(againMs);
  }
}

/** "machine vm, file /var/lib/strata/7ac138/notes and 3 more". */
export function foreignText(things: readonly Foreign[]): string {
  const shown = things.slice(0, 5).map(({ kind, name }) => `${kind} ${name}`);
  const more = things.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

const networks = ({ dataDirectory, runDirectory }: EmbeddedHost): string[] => [
  join(dataDirectory, ".libvirt/etc/qemu/networks"),
  join(runDirectory, "libvirt/network"),
];

/** Where libvirt keeps things in XML files of their names: those that are defined, and those that are active. */
const definitions: [kind: Foreign["kind"], directories: (host: EmbeddedHost) => string[]][] = [
  ["network", networks],
  [
    "pool",
    ({ dataDirectory, runDirectory }) => [
      join(dataDirectory, ".libvirt/etc/storage"),
      join(runDirectory, "libvirt/storage"),
    ],
  ],
  ["secret", ({ dataDirectory }) => [join(dataDirectory, ".libvirt/etc/secrets")]],
  ["packet filter", ({ dataDirectory }) => [join(dataDirectory, ".libvirt/etc/nwfilter")]],
];

function foreignDefinitions(host: EmbeddedHost, own: readonly OwnNames[]): Foreign[] {
  return definitions.flatMap(([kind, directories]) => {
    const files = directories(host).flatMap((directory) => entriesOf(directory));
    const names = files.filter((file) => file.endsWith(".xml")).map((file) => file.slice(0, -".xml".length));
    const foreign = [...new Set(names)].filter((name) => !own.some(({ shared }) => shared === name));
    return foreign.map((name) => ({ kind, name }));
  });
}

/** What Strata and the daemons put into the run directory. */
const ownRunFile =
  /^((libvirtd|virtlogd)\.(conf|pid)|libvirtd\.log(\.0|\.pipe)?|log|cgroup|console|libvirt|mirror-.+\.log.*|.*sock.*)$/;
/** What libvirt keeps in its own directory for itself, or of machines that run. */
const libvirtsOwn = /^(dnsmasq|network|boot|qemu\/(channel|domain-[^/]+|ram))\//;

function foreignFiles({ dataDirectory, runDirectory }: EmbeddedHost, own: readonly OwnNames[]): string[] {
  const isFile = (name: string): boolean => own.some((names) => names.isFile(name));
  const data = entriesOf(dataDirectory).filter((name) => name !== ".libvirt");
  const isPool = (name: string): boolean => own.some(({ directory }) => directory === name);
  const lib = join(dataDirectory, ".libvirt/lib");
  return [
    ...data.filter((name) => !isPool(name)).map((name) => join(dataDirectory, name)),
    ...data.filter(isPool).flatMap((pool) =>
      entriesOf(join(dataDirectory, pool))
        .filter((name) => !isFile(name))
        .map((name) => join(dataDirectory, pool, name)),
    ),
    // A pool or a disk in /var/lib/libvirt, as the daemon sees it, is here.
    ...filesUnder(lib)
      .filter((file) => !libvirtsOwn.test(file) && !file.split("/").some(isFile))
      .map((file) => join(lib, file)),
    ...entriesOf(runDirectory)
      .filter((name) => !ownRunFile.test(name))
      .map((name) => join(runDirectory, name)),
  ];
}

async function foreignInNamespace(host: EmbeddedHost): Promise<Foreign[]> {
  if (!(await ownsNamespace(host))) return [];
  const processes = (await namespaceProcesses(host.namespace)).filter((pid) => !isOwnProcess(pid, host));
  const { stdout } = await execa("ip", ["-n", host.namespace, "-j", "link", "show"], { timeout: 10_000 });
  const devices = (JSON.parse(stdout) as { ifname: string }[]).map(({ ifname }) => ifname);
  const bridges = networks(host).flatMap(bridgesIn);
  return [
    ...processes.map((pid): Foreign => ({ kind: "process", name: `${pid} (${processName(pid) ?? "ended"})` })),
    ...devices
      .filter((device) => !ownDevice.test(device) && !bridges.includes(device))
      .map((name): Foreign => ({ kind: "network device", name })),
  ];
}

/** Of every namespace (the latter where the kernel has such tunnels), of machines, and bridges of stacks. */
const ownDevice = /^(lo|(tunl|sit|gre|gretap|erspan|ip6tnl|ip6gre|ip_vti|ip6_vti)0|vnet\d+|strata[0-9a-f]{8})$/;

function bridgesIn(directory: string): string[] {
  return entriesOf(directory)
    .filter((file) => file.endsWith(".xml"))
    .flatMap((file) => /<bridge name=['"]([^'"]+)/.exec(readFileSync(join(directory, file), "utf8"))?.[1] ?? []);
}

/**
 * The daemons, machines (which are counted as such), what ssh and a forward go through, and the artifact mirror. They end
 * with their stack, some of them a moment after it.
 */
function isOwnProcess(pid: number, host: EmbeddedHost): boolean {
  const name = processName(pid);
  if (name === undefined || ["libvirtd", "virtlogd", "dnsmasq"].includes(name)) return true;
  if (machineOf(pid) !== undefined) return true;
  // What a daemon runs, to ask QEMU what it can do, for example.
  const parent = parentProcess(pid);
  if (parent !== undefined && parent > 1 && inNamespace(parent, host.namespace) && isOwnProcess(parent, host))
    return true;
  const args = argumentsOf(pid);
  return (
    (name.startsWith("nc") && /^\d+(\.\d+){3}$/.test(args[1] ?? "")) ||
    (name === "socat" && args.includes("STDIO")) ||
    args.some((word) => word.endsWith("/artifacts/serve/main.ts") || word.includes(`${host.runDirectory}/`))
  );
}

function entriesOf(directory: string): string[] {
  return unlessAbsent(() => readdirSync(directory).sort());
}

/** Paths in the directory of all that is in it and no directory. */
function filesUnder(directory: string): string[] {
  return unlessAbsent(() =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => relative(directory, join(parentPath, name)))
      .sort(),
  );
}

function unlessAbsent(look: () => string[]): string[] {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
