import { secondsLeft } from "../../local/lease.ts";
import { spanText } from "../../local/timeSpan.ts";

/** A machine that a testbed's stack has made, as the mark in it says. */
export interface MarkedMachine {
  name: string;
  uuid: string;
  owner: { urn: string; state: string; user?: string; directory?: string };
  lease?: { expires: string };
}

/** Who looks, and what there is here. */
export interface Here {
  /** What stands in the marks of this state directory. */
  state: string;
  user: string;
  nowMs: number;
  /** Whether the mark was made on this machine, from the directory that it names. */
  isFromHere: (owner: MarkedMachine["owner"]) => boolean;
  /** Whether anything of a stack is in this state directory. */
  hasStack: (stack: string) => boolean;
  exists: (directory: string) => boolean;
}

/** The machines that one stack has on one host, without the state that could remove them. */
export interface Orphan {
  stack: string;
  machines: readonly MarkedMachine[];
  /** Why it stays, and what to do. Absent: `why` says why it goes. */
  stays?: string;
  why?: string;
}

/** This program's project, in the URNs of its resources. */
const project = "strata";
const testbedType = "strata:index:Testbed$";

/**
 * Of the machines of a host those whose testbed nobody can destroy any more, and of others' those that have outlived their
 * lease. Ours are those alone whose mark was made on this machine, by this user, from a state directory that is gone, or
 * from this one, which has nothing of their stack. All other machines are nobody's business here.
 */
export function orphansAmong(machines: readonly MarkedMachine[], here: Here): Orphan[] {
  const groups = Map.groupBy(machines.filter(isOfTestbed), ({ owner }) => `${owner.state} ${stackOf(owner.urn).id}`);
  return [...groups.values()].flatMap((group) => judge(group, here));
}

function judge(machines: MarkedMachine[], here: Here): Orphan[] {
  const [{ owner }] = machines as [MarkedMachine];
  const { stack } = stackOf(owner.urn);
  const left = leftOf(machines, here.nowMs);
  const expired = left !== undefined && left <= 0;
  const ago = expired ? `its lease expired ${spanText(-left)} ago` : "";
  const names = machines.map(({ name }) => name).join(" ");
  if (!isOurs(machines, here)) {
    // Whose state is there has a `strata gc` of its own.
    if (!expired || (here.isFromHere(owner) && here.exists(owner.directory ?? ""))) return [];
    const whose = owner.user === undefined ? `the state ${owner.state}` : `user ${owner.user} (state ${owner.state})`;
    const fix = `ask them to run strata gc, or, if it is yours, remove it: virsh destroy and undefine ${names}`;
    return [{ stack, machines, stays: `${ago}, but it belongs to ${whose}: ${fix}` }];
  }
  const lost = `nothing is left of its state (${owner.directory ?? ""})`;
  if (expired) return [{ stack, machines, why: `${ago}, and ${lost}` }];
  const kept = left === undefined ? "it has no lease" : `its lease expires in ${spanText(left)}`;
  return [{ stack, machines, stays: `${kept}, but ${lost}: to remove it now, virsh destroy and undefine ${names}` }];
}

function isOurs(machines: readonly MarkedMachine[], here: Here): boolean {
  return machines.every(({ owner }) => {
    const { stack, project: of } = stackOf(owner.urn);
    if (owner.user !== here.user || !here.isFromHere(owner)) return false;
    // Programs of other projects, and backends elsewhere, may have their state somewhere else.
    if (owner.state === here.state) return of === project && !here.hasStack(stack);
    return !here.exists(owner.directory ?? "");
  });
}

/** Seconds until the last lease ends; undefined where a machine has none. */
function leftOf(machines: readonly MarkedMachine[], nowMs: number): number | undefined {
  const left = machines.map(({ lease }) => (lease === undefined ? Infinity : secondsLeft(lease, nowMs)));
  const most = Math.max(...left);
  return most === Infinity ? undefined : most;
}

/** urn:pulumi:STACK::PROJECT::TYPES::NAME, the types from the outermost to its own. */
function stackOf(urn: string): { stack: string; project: string; id: string } {
  const [first = "", of = ""] = urn.split("::");
  return { stack: first.replace(/^urn:pulumi:/, ""), project: of, id: `${first}::${of}` };
}

const isOfTestbed = ({ owner }: MarkedMachine): boolean => (owner.urn.split("::")[2] ?? "").startsWith(testbedType);
