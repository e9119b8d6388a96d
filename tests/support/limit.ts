// Before each test file: jest's own limit, above all that tests and what they run wait by themselves, so that what hangs is
// named by who waits for it.
import { jest } from "@jest/globals";
import { patient } from "./patience.ts";

const { limitMinutes } = globalThis as unknown as { limitMinutes: number };

jest.setTimeout(patient(limitMinutes * 60_000));
