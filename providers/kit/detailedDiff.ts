import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Wire from "@pulumi/pulumi/proto/provider_pb.js";
import { isDeepStrictEqual } from "node:util";
import type { Difference } from "./crud.ts";
import { containsSecret, containsUnknown, isObject, pathText, type Properties } from "./values.ts";

type Path = (string | number)[];
type Change = "add" | "delete" | "update";

const { Kind } = messages.PropertyDiff;
const kinds = {
  add: { keep: Kind.ADD, replace: Kind.ADD_REPLACE },
  delete: { keep: Kind.DELETE, replace: Kind.DELETE_REPLACE },
  update: { keep: Kind.UPDATE, replace: Kind.UPDATE_REPLACE },
};

/**
 * Where the inputs differ, down to the single value: `disks[0].diskRead`. What is secret, or not known yet, is named as
 * a whole.
 */
export function changedPaths(old: unknown, now: unknown, path: Path): { path: Path; change: Change }[] {
  if (isDeepStrictEqual(old, now) && !containsUnknown(now)) return [];
  if (old === undefined || old === null) return [{ path, change: "add" }];
  if (now === undefined || now === null) return [{ path, change: "delete" }];
  const whole = [old, now].some(containsSecret);
  if (!whole && isObject(old) && isObject(now)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
    return names.flatMap((name) => changedPaths(old[name], now[name], [...path, name]));
  }
  if (!whole && Array.isArray(old) && Array.isArray(now)) {
    const length = Math.max(old.length, now.length);
    return Array.from({ length }).flatMap((_, index) => changedPaths(old[index], now[index], [...path, index]));
  }
  return [{ path, change: "update" }];
}

/**
 * Tells the engine of each changed value whether it is a reason to replace. Where the world has drifted (properties that
 * are no inputs) the engine is left to its own comparison.
 *
 * @param sent old and new inputs as the engine sent them, secrets in their envelopes.
 */
export function addDetail(
  response: Wire.DiffResponse,
  { changed, replaces }: Pick<Difference, "changed" | "replaces">,
  sent: { olds: Properties; news: Properties },
): void {
  const { olds, news } = sent;
  if (!changed.every((key) => key in olds || key in news)) return;
  for (const key of changed) {
    for (const { path, change } of changedPaths(olds[key], news[key], [key])) {
      const detail = new messages.PropertyDiff();
      detail.setKind(kinds[change][replaces.includes(key) ? "replace" : "keep"]);
      detail.setInputdiff(true);
      response.getDetaileddiffMap().set(pathText(path), detail);
    }
  }
  response.setHasdetaileddiff(true);
}
