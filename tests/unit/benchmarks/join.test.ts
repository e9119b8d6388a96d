import { joinSamples } from "../../../benchmarks/workloads/image-classification/metrics/join.ts";
import type { RepetitionSamples } from "../../../benchmarks/workloads/image-classification/metrics/join.ts";

const still = (offsetMs: number, uncertaintyMs: number) => ({ before: { machineMs: 0, offsetMs, uncertaintyMs } });

const sample = { photo: "a.jpg", bytes: 100, preprocMs: 0.1, warmup: false };

/** The endpoint's clock is 50 ms ahead of the host's, the worker's 20 ms behind. */
const repetition: RepetitionSamples = {
  repetition: 2,
  clocks: new Map([
    ["endpoint-0", still(50, 0.1)],
    ["cloud-0", still(-20, 0.3)],
  ]),
  endpoints: [
    {
      endpoint: "endpoint-0",
      worker: "cloud-0",
      samples: [
        { ...sample, seq: 0, intendedMs: 1050, sentMs: 1052, ackedMs: 1060, replyMs: 1550, label: "cat" },
        { ...sample, seq: 1, intendedMs: 2050, sentMs: 2051 },
      ],
    },
  ],
  workers: [
    {
      worker: "cloud-0",
      samples: [
        {
          seq: 0,
          endpoint: "endpoint-0",
          receivedMs: 1080,
          startedMs: 1090,
          decodedMs: 1120,
          inferredMs: 1400,
          repliedMs: 1402,
          bytes: 100,
          label: "cat",
        },
      ],
    },
  ],
};

describe("joinSamples", () => {
  const [first, second] = joinSamples(repetition);

  test("brings both sides together, corrected by the clocks", () => {
    expect(first).toEqual({
      repetition: 2,
      endpoint: "endpoint-0",
      worker: "cloud-0",
      seq: 0,
      photo: "a.jpg",
      warmup: false,
      bytes: 100,
      intendedMs: 1000,
      sendDelayMs: 2,
      preprocMs: 0.1,
      endToEndMs: 500,
      label: "cat",
      // Sent at 1002 and received at 1100 by the host's clock; answered at 1422 and there at 1500.
      way: {
        uplinkMs: 98,
        queueMs: 10,
        decodeMs: 30,
        inferenceMs: 280,
        respondMs: 2,
        downlinkMs: 78,
        clockUncertaintyMs: 0.4,
      },
    });
  });

  test("the parts of the way add up to the end-to-end time", () => {
    const { clockUncertaintyMs, ...spans } = first!.way!;
    const sum = Object.values(spans).reduce((total, span) => total + span, first!.sendDelayMs);
    expect(sum).toBe(first!.endToEndMs);
    expect(clockUncertaintyMs).toBe(0.4);
  });

  test("a photo without answer stays in, without its way", () => {
    expect(second).toMatchObject({ seq: 1, intendedMs: 2000, sendDelayMs: 1 });
    expect(second!.endToEndMs).toBeUndefined();
    expect(second!.way).toBeUndefined();
  });

  test("an answer whose worker's sample is lost has an end-to-end time only", () => {
    const [alone] = joinSamples({ ...repetition, workers: [] });
    expect(alone!.endToEndMs).toBe(500);
    expect(alone!.way).toBeUndefined();
  });

  test("of a photo delivered twice the first work counts", () => {
    const [{ worker, samples }] = repetition.workers as [RepetitionSamples["workers"][number]];
    const again = { ...samples[0]!, receivedMs: 1300, startedMs: 1403 };
    const [once] = joinSamples({ ...repetition, workers: [{ worker, samples: [samples[0]!, again] }] });
    expect(once!.way!.queueMs).toBe(10);
  });

  test("a machine without clock is an error", () => {
    expect(() => joinSamples({ ...repetition, clocks: new Map() })).toThrow(
      "no clock offset was measured for endpoint-0",
    );
  });
});
