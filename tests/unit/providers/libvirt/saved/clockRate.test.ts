import fc from "fast-check";
import type { Channel } from "../../../../../providers/libvirt/rpc/channel.ts";
import { checkClockRate, rateBetween } from "../../../../../providers/libvirt/saved/clockRate.ts";

/** A machine whose clock runs at this rate, and that answers as many ms late. @returns it and the host's clock. */
function machine(rate: number, lateMs: () => number) {
  let host = 0;
  const begun = performance.now();
  const now = (): number => performance.now() - begun + host;
  let said = "";
  const channel: Channel = {
    send: () => {
      host += lateMs();
      said = JSON.stringify({ clock: Math.round(5e9 + now() * rate * 1e6) });
      host += lateMs();
      return Promise.resolve();
    },
    line: () => Promise.resolve(said),
  };
  return { channel, now };
}

test.each([0.5, 0.98, 1.02, 2])("a clock at %d times the host's is refused", async (rate) => {
  const { channel, now } = machine(rate, () => 1);
  await expect(checkClockRate(channel, now)).rejects.toThrow(/its clock runs at \d\.\d\d to \d\.\d\d times/);
});

test("a clock that runs as the host's is taken, on a busy host too", async () => {
  const quiet = machine(1.0001, () => 1);
  await expect(checkClockRate(quiet.channel, quiet.now)).resolves.toBeUndefined();
  const busy = machine(1, () => 400);
  await expect(checkClockRate(busy.channel, busy.now)).resolves.toBeUndefined();
});

test("the true rate lies between the bounds, whenever within its brackets the machine read its clock", () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const ms = fc.double({ min: 0.01, max: 300, noNaN: true });
  fc.assert(
    fc.property(fc.double({ min: 0.2, max: 5, noNaN: true }), part, part, ms, ms, (rate, a, b, width, gap) => {
      const bracket = (from: number, at: number) => ({ from, to: from + width, machine: (from + width * at) * rate });
      const { least, most } = rateBetween(bracket(0, a), bracket(width + gap + 1, b));
      expect(least).toBeLessThanOrEqual(rate * (1 + 1e-9));
      expect(most).toBeGreaterThanOrEqual(rate * (1 - 1e-9));
    }),
  );
});

test("what is no reading is not believed", async () => {
  const channel: Channel = { send: () => Promise.resolve(), line: () => Promise.resolve('{"clock":"soon"}') };
  await expect(checkClockRate(channel)).rejects.toThrow(/no answer/);
});
