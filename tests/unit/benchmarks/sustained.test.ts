import type { Photo } from "../../../benchmarks/workloads/image-classification/metrics/join.ts";
import { backlogGrowth, judgeSustained } from "../../../benchmarks/workloads/image-classification/metrics/sustained.ts";

/** 100 photos at 1 Hz; `workMs` each, and a queue that grows where that is more than the interval. */
function stream(workMs: number, change: (photo: Photo, i: number) => Photo = (photo) => photo): Photo[] {
  let freeMs = 0;
  return Array.from({ length: 100 }, (_, seq) => {
    const intendedMs = seq * 1000;
    const receivedMs = intendedMs + 50;
    const startedMs = Math.max(receivedMs, freeMs);
    freeMs = startedMs + workMs;
    const way = {
      uplinkMs: 50,
      queueMs: startedMs - receivedMs,
      decodeMs: 0,
      inferenceMs: workMs,
      respondMs: 0,
      downlinkMs: 20,
      clockUncertaintyMs: 0.1,
    };
    const photo: Photo = {
      repetition: 1,
      endpoint: "endpoint-0",
      worker: "cloud-0",
      seq,
      photo: "a.jpg",
      warmup: false,
      bytes: 1,
      intendedMs,
      sendDelayMs: 0,
      preprocMs: 0,
      endToEndMs: freeMs + 20 - intendedMs,
      label: "cat",
      way,
    };
    return change(photo, seq);
  });
}

const planned = new Map([["endpoint-0", 100]]);

describe("judgeSustained", () => {
  test("a worker with reserve keeps up", () => {
    const judged = judgeSustained(stream(550), planned, 1);
    expect(judged).toMatchObject({ sustained: true, reasons: [], planned: 100, sent: 100, answered: 100 });
    expect(judged.busyShare["cloud-0"]).toBeCloseTo(0.5525, 3);
    expect(Math.abs(judged.backlogGrowth)).toBeLessThan(0.1);
  });

  test("beyond its capacity the backlog grows and the worker has no reserve", () => {
    const judged = judgeSustained(stream(1100), planned, 1);
    expect(judged.sustained).toBe(false);
    expect(judged.reasons).toEqual([
      expect.stringMatching(/^the number of photos on their way grew by (8|9)\.\d over the measured time$/),
      "cloud-0 was busy 100 % of the time",
    ]);
  });

  test("a narrow uplink shows as backlog, too, though the worker is idle", () => {
    const narrow = stream(100, (photo, i) => ({
      ...photo,
      endToEndMs: photo.endToEndMs! + i * 150,
      way: { ...photo.way!, uplinkMs: 50 + i * 150 },
    }));
    expect(judgeSustained(narrow, planned, 1).reasons).toEqual([
      expect.stringMatching(/^the number of photos on their way grew by 1\d\.\d over the measured time$/),
    ]);
  });

  test("unsent and unanswered photos count against it", () => {
    const lost = stream(100, (photo, i) => (i === 50 ? { ...photo, endToEndMs: undefined, way: undefined } : photo));
    expect(judgeSustained(lost.slice(0, 98), planned, 1).reasons).toEqual([
      "98 of 100 photos were sent",
      "1 of 98 photos were not answered",
    ]);
  });

  test("a publisher that is late by more than an interval did not make the load it should", () => {
    const late = stream(100, (photo) => ({ ...photo, sendDelayMs: 1200 }));
    expect(judgeSustained(late, planned, 1).reasons).toEqual([
      "the publisher was late itself: p99 1200 ms at an interval of 1000 ms",
    ]);
  });

  test("nothing sent is not sustained", () => {
    expect(judgeSustained([], planned, 1).reasons).toEqual(["0 of 100 photos were sent"]);
  });
});

test("the backlog of a steady stream does not grow", () => {
  expect(backlogGrowth([])).toBe(0);
  expect(backlogGrowth(stream(2500).slice(0, 1))).toBe(0);
});
