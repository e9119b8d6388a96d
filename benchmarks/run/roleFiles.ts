import { z } from "zod";
import type { RoleResult, RoleState } from "../workloads/image-classification/shared/protocol.ts";

// What a role says of itself. It comes from a guest, which may have been taken over: sizes and forms are bounded.
const text = z.string().max(10_000);
const name = z.string().max(300);
const count = z.int().min(0);

const stateSchema = z.object({
  state: z.enum(["starting", "ready", "running", "ended"]),
  detail: text,
  sent: count.optional(),
  answered: count.optional(),
});

const resultSchema = z.object({
  role: z.enum(["worker", "publisher"]),
  id: name,
  outcome: z.enum(["completed", "failed", "stopped"]),
  reason: text.optional(),
  photos: count,
  answered: count,
  clockUncertaintyMs: z.number(),
  clockStepMs: z.number(),
  versions: z.record(name, name),
  catalogue: z
    .array(z.object({ file: name, labels: z.array(name).max(1000) }))
    .max(100_000)
    .optional(),
  model: name.optional(),
});

/** @throws Error for anything that no role writes. */
export const parseState = (json: string): RoleState => parsed(stateSchema, "state", json);

/** @throws Error for anything that no role writes. */
export const parseResult = (json: string): RoleResult => parsed(resultSchema, "result", json);

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
