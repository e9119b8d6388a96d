import { jest } from "@jest/globals";
import { RemoteError, type Machine } from "../../../../benchmarks/transport/transport.ts";
import { localTestbed } from "../../../support/workload/localTestbed.ts";

/** What each machine was asked, and how often it does not answer yet. */
const asked = new Map<string, string[]>();
let silent: Partial<Record<string, number>>;
jest.unstable_mockModule("../../../../benchmarks/transport/ssh.ts", () => ({
  sshTransport: () => ({
    run: (machine: Machine, command: string, { what }: { what: string }): Promise<string> => {
      const before = asked.get(machine.name) ?? [];
      asked.set(machine.name, [...before, command]);
      if (before.length >= (silent[machine.name] ?? 0)) return Promise.resolve("");
      return Promise.reject(new RemoteError(machine, what, "status 1", "MQTT does not answer"));
    },
  }),
}));
const { waitUntilWell } = await import("../../../../cli/snapshots/well.ts");

beforeEach(() => {
  asked.clear();
  silent = {};
});
afterEach(() => {
  jest.restoreAllMocks();
});
const wait = (signal = new AbortController().signal): Promise<void> => waitUntilWell(localTestbed, signal);

test("each machine is asked for what it has itself", async () => {
  await wait();
  expect([...asked.keys()]).toEqual(["cloud-0", "edge-0", "endpoint-0", "endpoint-1"]);
  expect(asked.get("cloud-0")).toEqual(["true"]);
  expect(asked.get("edge-0")).toEqual([
    expect.stringMatching(/^true\n\(mosquitto_pub .*\) \|\| \{ echo 'MQTT does not answer' >&2; exit 1; \}$/s),
  ]);
});

test("one that is not well yet is asked again, and the others are not", async () => {
  silent = { "edge-0": 2 };
  await wait();
  expect([...asked.values()].map(({ length }) => length)).toEqual([1, 3, 1, 1]);
});

test("one that does not get well is named with what it said, after a limit", async () => {
  silent = { "edge-0": Infinity };
  let looks = 0;
  jest.spyOn(performance, "now").mockImplementation(() => (looks++ < 4 ? 0 : 600_001));
  await expect(wait()).rejects.toThrow(
    "edge-0: ask how it is: status 1:\nMQTT does not answer (for 10 minutes since it was brought back)",
  );
});

test("called off, it waits no longer", async () => {
  silent = { "edge-0": Infinity };
  await expect(wait(AbortSignal.abort(new Error("called off")))).rejects.toThrow("called off");
});
