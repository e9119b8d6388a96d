import { jest } from "@jest/globals";
import { Command } from "commander";
import type { LinkCheck } from "../../../benchmarks/network/result.ts";
import { eventSchema, type Activity } from "../../../events/event.ts";

const measured = (link: string, verdict: "ok" | "off"): LinkCheck => ({
  ...{ link, from: "cloud-0", to: "edge-0" },
  roundTrip: { wantedMs: 15, measuredMs: 15.5, wantedSdMs: 0, verdict },
});
const unknown: LinkCheck = { ...measured("edge-endpoint", "ok"), rate: { wantedMbit: 9000, verdict: "not measured" } };

let checks: LinkCheck[] = [];
jest.unstable_mockModule("../../../cli/testbed/owner.ts", () => ({
  asObserver: (_: string, __: string, work: (signal: AbortSignal) => unknown) => work(new AbortController().signal),
}));
jest.unstable_mockModule("../../../benchmarks/network/verify.ts", () => ({
  verifyNetwork: (_: unknown, __: unknown, news: (activity: Activity) => void) => {
    news({ phase: "rate", text: "rate of cloud-edge, up", of: { type: "link", name: "cloud-edge", part: "up" } });
    return Promise.resolve(checks);
  },
}));
jest.unstable_mockModule("../../../benchmarks/transport/ssh.ts", () => ({ sshTransport: () => ({}) }));
jest.unstable_mockModule("../../../benchmarks/stack.ts", () => ({ testbedOfStack: () => Promise.resolve({}) }));
const { register } = await import("../../../cli/verify.ts");

let printed = { out: "", err: "" };
let status: typeof process.exitCode;
beforeEach(() => {
  printed = { out: "", err: "" };
  status = process.exitCode;
  for (const [stream, key] of [
    [process.stdout, "out"],
    [process.stderr, "err"],
  ] as const) {
    jest.spyOn(stream, "write").mockImplementation((text) => {
      printed[key] += String(text);
      return true;
    });
  }
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = status;
});

async function verify(...options: string[]): Promise<typeof process.exitCode> {
  const program = new Command();
  register(program);
  await program.parseAsync(["verify", "network", "lab", ...options], { from: "user" });
  return process.exitCode;
}

const events = () =>
  printed.out
    .trimEnd()
    .split("\n")
    .map((line) => eventSchema.parse(JSON.parse(line)));

const item = { type: "command", name: "verify network" };

test("events tell of it from its beginning to its end, with what is off and what nobody knows, and nothing else", async () => {
  checks = [measured("cloud-edge", "off"), unknown];
  expect(await verify("--events")).toBe(1);
  expect(events()).toMatchObject([
    { command: "verify network", kind: "started", item },
    { kind: "progress", item, phase: "rate", of: { name: "cloud-edge" } },
    {
      ...{ kind: "ended", item, outcome: "failed", exitStatus: 1 },
      reasons: ["cloud-edge: round trip", "not measured: edge-endpoint: rate up"],
    },
  ]);
  expect(printed.err).toBe("");
});

test.each([
  [[], [], 0, "done"],
  [[unknown], [], 0, "done"],
  [[unknown], ["--strict"], 3, "failed"],
])("what is not measured fails where that is asked for: %#", async (more, options, exitStatus, outcome) => {
  checks = [measured("cloud-edge", "ok"), ...more];
  expect(await verify("--events", ...options)).toBe(exitStatus);
  expect(events().at(-1)).toMatchObject({ outcome, exitStatus });
});

test("a testbed without links is no success", async () => {
  checks = [];
  await expect(verify("--events")).rejects.toThrow("testbed lab has no emulated link between two machines");
  expect(events().at(-1)).toMatchObject({ kind: "ended", outcome: "failed", exitStatus: 1 });
});

test("people get the table, and the news beside it; programs the figures", async () => {
  checks = [measured("cloud-edge", "ok"), unknown];
  expect(await verify()).toBe(0);
  expect(printed.err).toBe("rate of cloud-edge, up\n");
  expect(printed.out).toMatch(/^edge-endpoint .*\bnot measured: rate up *\n\nNot measured: edge-endpoint: rate up\n$/m);
  printed.out = "";
  await verify("--json");
  expect(JSON.parse(printed.out)).toEqual({ links: checks, off: [], notMeasured: ["edge-endpoint: rate up"] });
});
