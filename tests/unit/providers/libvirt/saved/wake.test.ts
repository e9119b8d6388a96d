import type { Channel } from "../../../../../providers/libvirt/rpc/channel.ts";
import { wake } from "../../../../../providers/libvirt/saved/wake.ts";

const uuid = "0f61c1a4-5c1b-4c7a-9a50-3a2f6f1d2b11";

/** A machine that answers with this. */
function machine(answer: string): Channel & { heard: Record<string, unknown>[] } {
  const heard: Record<string, unknown>[] = [];
  return {
    heard,
    send: (line) => {
      heard.push(JSON.parse(line) as Record<string, unknown>);
      return Promise.resolve();
    },
    line: () => Promise.resolve(answer),
  };
}

test("each copy is told the time, its UUID, and what no other copy is told", async () => {
  const [a, b] = [machine('{"ready":"cloud-0"}'), machine('{"ready":"cloud-1"}')];
  const before = Date.now();
  expect(await wake(a, uuid, 1000)).toBe("cloud-0");
  expect(await wake(b, uuid, 1000)).toBe("cloud-1");
  const [first, second] = [a.heard[0]!, b.heard[0]!];
  expect(first.uuid).toBe(uuid);
  expect(Math.abs(Number(first.time) / 1e6 - before)).toBeLessThan(60_000);
  expect(first.entropy).toMatch(/^[0-9a-f]{128}$/);
  expect(first.entropy).not.toBe(second.entropy);
  expect(first.bootId).not.toBe(second.bootId);
});

test.each([
  ['{"error":"no seed"}', /could not take its identity: no seed/],
  ['{"error":"\\u001b[2J gone"}', /could not take its identity: \?\[2J gone/],
  ['{"ready":"../../etc"}', /no answer/],
  ['{"ready":"cloud-0","more":1}', /no answer/],
  ["login:", /no answer/],
])("what a machine says is looked at before it is believed or shown (%#)", async (answer, message) => {
  await expect(wake(machine(answer), uuid, 1000)).rejects.toThrow(message);
});
