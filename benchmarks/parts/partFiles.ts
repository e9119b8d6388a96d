import { z } from "zod";
import type { RoleResult, RoleState } from "../workloads/container/protocol.ts";

// What a part says of itself. It comes from a guest, which may have been taken over: sizes and forms are bounded.
export const guestText = z.string().max(10_000);
export const guestName = z.string().max(300);
export const guestCount = z.int().min(0);

const stateSchema = z.object({
  state: z.enum(["starting", "ready", "running", "ended"]),
  detail: guestText,
  counts: z.record(guestName, guestCount).optional(),
});

const resultSchema = z.object({
  role: guestName,
  id: guestName,
  outcome: z.enum(["completed", "failed", "stopped"]),
  reason: guestText.optional(),
  clockUncertaintyMs: z.number(),
  clockStepMs: z.number(),
  versions: z.record(guestName, guestName),
});

/** With what the workload adds. */
export type PartResult = RoleResult & Record<string, unknown>;

/** @throws Error for anything that no part writes. */
export const parseState = (json: string): RoleState => parsed(stateSchema, "state", json);

/** @param fields that the workload's results have beside the common ones. @throws Error for anything that no part writes. */
export const parseResult = (json: string, fields: z.ZodRawShape): PartResult =>
  parsed(resultSchema.extend(fields) as unknown as z.ZodType<PartResult>, "result", json);

function parsed<T>(schema: z.ZodType<T>, what: string, json: string): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error(`its ${what} is no JSON`);
  }
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw new Error(`its ${what} is none: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}
