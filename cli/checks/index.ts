import { ansible } from "./ansible.ts";
import type { Check } from "./check.ts";
import { e2e, engine, unit } from "./jest.ts";
import { lint, types } from "./tools.ts";

/** Cheapest first. */
export const checks: readonly Check[] = [lint, types, unit, ansible, engine, e2e];
