import type { Command } from "commander";
import { foreignThings, type Foreign } from "../providers/strata/host/foreign.ts";
import { hostStatus, startHost, stopHost, type HostStatus } from "../providers/strata/host/host.ts";
import { hostBridges, hostMachines, residentMiB, type HostMachine } from "../providers/strata/host/machines.ts";
import { ownNames, type OwnNames } from "../providers/strata/host/ownNames.ts";
import { asCommand, eventLines, eventsOption } from "./events.ts";
import { UserError } from "./terminal/userError.ts";

/** The embedded host, with what it has of each stack. */
export interface HostReport extends Pick<HostStatus, "state" | "pid" | "uri" | "socket" | "namespace"> {
  bridges: string[];
  /** Memory that libvirtd and all machines hold now, in MiB. */
  memoryMiB: number;
  /** Stacks that use it, with their machines. */
  stacks: { name: string; machines: HostMachine[] }[];
  /** Machines that no stack of this checkout has made. */
  others: HostMachine[];
  /** What else is there that no stack of this checkout has made. */
  foreign?: Foreign[];
}

export function register(program: Command): void {
  const host = program
    .command("host")
    .description("the embedded libvirtd of this checkout: what runs, start it, end it")
    .addHelpText(
      "after",
      `
It starts with the first testbed and ends with the last; it goes on when the command that started it ends. All stacks of
this checkout share it, and other checkouts and users have their own.

Examples:
  strata host status
  strata host down
`,
    );
  host
    .command("status")
    .description("tell what runs: libvirtd, its network namespace, and the machines of each stack")
    .option("--json", "print machine-readable output")
    .action(async (options: { json?: boolean }) => {
      const report = await hostReport();
      process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : reportText(report));
    });
  host
    .command("up")
    .description("start it before any testbed does, or again after a reboot")
    .addOption(eventsOption())
    .action(async ({ events }: { events?: boolean }) => {
      await asCommand("host up", events ? eventLines("host up") : undefined, async () => {
        await startHost();
        return { exitStatus: 0 };
      });
      if (!events) process.stdout.write(reportText(await hostReport()));
    });
  host
    .command("down")
    .description("end it and remove every trace: daemon, network namespace, mounts, disks")
    .option("--force", "also when stacks use it: their machines are switched off, their disks deleted")
    .addOption(eventsOption())
    .addHelpText("after", "\nExit status: 0 it is gone, 1 a stack uses it.\n")
    .action(async ({ force, events }: { force?: boolean; events?: boolean }) => {
      const tell = events ? eventLines("host down") : undefined;
      await asCommand("host down", tell, async () => {
        const said = await takeDown(force);
        for (const text of said) {
          if (tell) tell({ kind: "message", severity: "info", text });
          else process.stdout.write(`${text}\n`);
        }
        return { exitStatus: 0 };
      });
    });
}

/** @returns what is to be said of it. @throws UserError while a stack uses it. */
async function takeDown(force: boolean | undefined): Promise<string[]> {
  const report = await hostReport();
  const refusal = force ? undefined : downRefusal(report);
  if (refusal !== undefined) throw new UserError(refusal);
  const left = await stopHost();
  return [...downText(report), ...left];
}

async function hostReport(): Promise<HostReport> {
  const status = await hostStatus();
  const [machines, bridges, things] = await Promise.all([
    hostMachines(status),
    hostBridges(status),
    foreignThings(status, status.leases),
  ]);
  const foreign = things.filter(({ kind }) => kind !== "machine");
  const { state, pid, uri, socket, namespace, leases } = status;
  const memoryMiB = [...machines.map((machine) => machine.memoryMiB), pid === undefined ? 0 : residentMiB(pid)];
  return {
    ...{ state, pid, uri, socket, namespace, bridges },
    memoryMiB: memoryMiB.reduce((sum, one) => sum + one, 0),
    ...machinesByStack(machines, leases),
    foreign,
  };
}

/** Whose machines they are, by their names. */
export function machinesByStack(
  machines: readonly HostMachine[],
  stacks: readonly string[],
  namesOf: (stack: string) => Pick<OwnNames, "isMachine"> = ownNames,
): Pick<HostReport, "stacks" | "others"> {
  const own = stacks.map((name) => ({ name, isMachine: namesOf(name).isMachine }));
  const isOf = ({ name }: HostMachine) => own.find(({ isMachine }) => isMachine(name))?.name;
  return {
    stacks: stacks.map((name) => ({ name, machines: machines.filter((machine) => isOf(machine) === name) })),
    others: machines.filter((machine) => isOf(machine) === undefined),
  };
}

/** Why the host can't be taken down, and the way out; undefined if it can. */
export function downRefusal({ stacks, others, foreign = [] }: HostReport): string | undefined {
  const reasons = [
    ...stacks.map(({ name, machines }) => {
      const has = machines.length === 0 ? "" : ` (${machines.map((machine) => machine.name).join(", ")})`;
      return `stack ${name} uses the embedded host${has}; remove it first: strata destroy ${name}`;
    }),
    ...others.map(
      ({ name, running }) =>
        `machine ${name} ${running ? "runs on" : "belongs to"} the embedded host, and no stack of this checkout has made it`,
    ),
    ...foreign.map(
      ({ kind, name }) => `${kind} ${name} is on the embedded host, and no stack of this checkout has made it`,
    ),
  ];
  if (reasons.length === 0) return undefined;
  return [...reasons, "or switch all of it off and delete the disks: strata host down --force"].join("\n");
}

function downText({ state, stacks }: HostReport): string[] {
  const done = state === "absent" ? "there was no embedded host" : "the embedded host is gone";
  return [done, ...stacks.map(({ name }) => `Pulumi still knows stack ${name}: strata destroy ${name} --yes`)];
}

const stateText = {
  running: "running",
  dead: "its libvirtd does not run, as after a reboot; `strata host up` starts it",
  absent: "not there; the first testbed starts it",
};

export function reportText(report: HostReport): string {
  const { state, pid, namespace, bridges, socket, uri, memoryMiB, stacks, others, foreign = [] } = report;
  const rows: [string, string][] = [["embedded host", stateText[state]]];
  if (state !== "absent") {
    rows.push(["namespace", `${namespace}${bridges.length === 0 ? "" : `, bridges ${bridges.join(", ")}`}`]);
    rows.push(["memory", `${memoryMiB} MiB in use`]);
  }
  if (state === "running") {
    rows.splice(1, 0, ["libvirtd", `process ${String(pid)}, socket ${socket}`]);
    rows.push(["by hand", `virsh -c "${uri}" list --all`]);
  }
  for (const { name, machines } of stacks) rows.push([`stack ${name}`, machinesText(machines)]);
  const strange = [
    ...(others.length > 0 ? [machinesText(others)] : []),
    ...foreign.map(({ kind, name }) => `${kind} ${name}`),
  ];
  if (strange.length > 0) rows.push(["of no stack", strange.join(", ")]);
  const width = Math.max(...rows.map(([title]) => title.length));
  return rows.map(([title, text]) => `${title.padEnd(width)}  ${text}\n`).join("");
}

function machinesText(machines: readonly HostMachine[]): string {
  if (machines.length === 0) return "no machines";
  return machines.map(({ name, running, memoryMiB }) => `${name} (${running ? `${memoryMiB} MiB` : "off"})`).join(", ");
}
