import { isDeepStrictEqual } from "node:util";
import { changedKeys, containsUnknown, type Properties } from "../../kit/values.ts";
import type { DomainInputs } from "./domainInputs.ts";

/**
 * What a change of a machine takes, the gentlest that libvirt allows: "live" (the machine runs on and notices at most
 * the effect), "restart" (it is shut down and started again, its disks kept), "replace" (a new machine).
 */
export type Effect = "live" | "restart" | "replace";

/** What can always be changed while a machine runs. */
const live: readonly string[] = [
  "cpuQuota",
  "cpuPinning",
  "description",
  "autostart",
  "running",
  "graceful",
  "lease",
  "prepared",
];
/** Whose disk or name is another one is another machine. */
export const identity: readonly string[] = ["name", "arch", "disks"];

/** The effect of each top-level input that differs. */
export function effectsOf(olds: Properties, news: Properties): Record<string, Effect> {
  return Object.fromEntries(changedKeys(olds, news).map((key) => [key, effectOf(key, olds, news)]));
}

/** Whether a change restarts the machine: one that is switched off, before or after it, has nothing to restart. */
export function restarts(olds: Properties, news: Properties): boolean {
  if (olds.running === false || news.running === false) return false;
  return Object.values(effectsOf(olds, news)).includes("restart");
}

function effectOf(key: string, olds: Properties, news: Properties): Effect {
  if (live.includes(key)) return "live";
  if (key === "disks" && sameWithout(["diskRead", "diskWrite"], olds.disks, news.disks)) return "live";
  if (identity.includes(key)) return "replace";
  if (key === "networkInterfaces") {
    return sameWithout(["linkUp", "waitForLease"], olds[key], news[key]) ? "live" : "restart";
  }
  if (key === "memory") return sameMaximum("memoryMaximum", olds, news) ? "live" : "restart";
  if (key === "vcpu") return sameMaximum("vcpuMaximum", olds, news) ? "live" : "restart";
  return "restart";
}

function sameMaximum(key: keyof DomainInputs, olds: Properties, news: Properties): boolean {
  return news[key] !== undefined && !containsUnknown(news[key]) && olds[key] === news[key];
}

/** Whether two lists are the same but for some members of their entries. What is not known yet may be anything. */
function sameWithout(names: readonly string[], olds: unknown, news: unknown): boolean {
  const rest = (list: unknown): unknown =>
    Array.isArray(list)
      ? list.map((entry: Properties) =>
          Object.fromEntries(
            Object.entries(entry)
              .filter(([name]) => !names.includes(name))
              // A hardware address is the same in capital letters.
              .map(([name, value]) => [
                name,
                name === "mac" && typeof value === "string" ? value.toLowerCase() : value,
              ]),
          ),
        )
      : list;
  return !containsUnknown(rest(news)) && isDeepStrictEqual(rest(olds) ?? [], rest(news) ?? []);
}
