import type { Transport } from "../../../benchmarks/transport/transport.ts";

/** Answers that take `mean` and `spread` more or less, the first of them lost. */
export const pingOutput = (sent: number, lost: number, mean: number, spread = 5): string =>
  [
    "PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data.",
    ...Array.from(
      { length: sent - lost },
      (_, i) =>
        `64 bytes from 10.0.0.1: icmp_seq=${i + lost + 1} ttl=64 time=${mean + (i % 2 === 0 ? -spread : spread)} ms`,
    ),
    "",
    "--- 10.0.0.1 ping statistics ---",
    `${sent} packets transmitted, ${sent - lost} received, 10% packet loss, time 3814ms`,
  ].join("\n");

/** A link of 4g. */
export const link = {
  name: "cloud-endpoint",
  from: "cloud",
  to: "endpoint",
  latencyMs: 45,
  jitterMs: 5,
  rateMbit: 7.21,
  lossPercent: 0,
} as const;
/** Machines that answer as a test says. */
export const answering = (answer: (machine: string, command: string) => string): Transport => ({
  run: async (machine, command) => {
    await Promise.resolve();
    return answer(machine.name, command);
  },
  converse: () => Promise.reject(new Error("not used here")),
  serve: () => Promise.reject(new Error("not used here")),
  besideMachines: (command) => [...command],
});
