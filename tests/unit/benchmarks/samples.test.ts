import { formatCsv, parseCsv } from "../../../benchmarks/metrics/csv.ts";
import {
  readPublisherSamples,
  readWorkerSamples,
} from "../../../benchmarks/workloads/image-classification/metrics/samples.ts";
import { formatSamples, parseSamples } from "../../../benchmarks/workloads/image-classification/report/samplesFile.ts";
import { syntheticPhotos } from "../../support/workload/syntheticRun.ts";

describe("CSV", () => {
  test("commas, quotes and line breaks survive", () => {
    const text = formatCsv(
      ["a", "b"],
      [
        ['tabby, "tabby" cat', 1.23456],
        ["two\nlines", undefined],
        ["", true],
      ],
    );
    expect(text).toBe('a,b\n"tabby, ""tabby"" cat",1.235\n"two\nlines",\n,1\n');
    expect(parseCsv(text)).toEqual([
      { a: 'tabby, "tabby" cat', b: "1.235" },
      { a: "two\nlines", b: "" },
      { a: "", b: "1" },
    ]);
  });

  test("a last line that was cut off is left out", () => {
    expect(parseCsv("a,b\n1,2\n3,4.5")).toEqual([{ a: "1", b: "2" }]);
  });

  test("a row of the wrong length is an error that names it", () => {
    expect(() => parseCsv("a,b\n1,2\n3\n")).toThrow("row 2 has 1 cells, the header has 2");
  });
});

test("publisher samples come in order of their number; a photo without reply has no label", () => {
  const header = "seq,photo,intendedMs,sentMs,ackedMs,replyMs,label,bytes,preprocMs,warmup\n";
  const text = `${header}1,b.jpg,20,21,,,,50,0.1,0\n0,a.jpg,10,10.5,11,99,cat,60,0.2,1\n`;
  const common = { ackedMs: 11, replyMs: 99, label: "cat", bytes: 60, preprocMs: 0.2, warmup: true };
  expect(readPublisherSamples(text).samples).toEqual([
    { seq: 0, photo: "a.jpg", intendedMs: 10, sentMs: 10.5, ...common },
    { seq: 1, photo: "b.jpg", intendedMs: 20, sentMs: 21, bytes: 50, preprocMs: 0.1, warmup: false },
  ]);
});

test("worker samples are read as written", () => {
  const header = "seq,endpoint,receivedMs,startedMs,decodedMs,inferredMs,repliedMs,bytes,label\n";
  expect(readWorkerSamples(`${header}7,endpoint-0,1,2,3,4,5,60,"cat, big"\n`).samples).toEqual([
    {
      seq: 7,
      endpoint: "endpoint-0",
      receivedMs: 1,
      startedMs: 2,
      decodedMs: 3,
      inferredMs: 4,
      repliedMs: 5,
      bytes: 60,
      label: "cat, big",
    },
  ]);
});

test("samples.csv gives the photos back, to a microsecond", () => {
  const photos = syntheticPhotos(2, 10);
  photos[3] = { ...photos[3]!, endToEndMs: undefined, label: undefined, way: undefined };
  const back = parseSamples(formatSamples(photos));
  expect(back).toHaveLength(20);
  expect(back[3]).toEqual({ ...photos[3], sendDelayMs: expect.closeTo(photos[3].sendDelayMs, 2) });
  expect(back[4]!.way!.uplinkMs).toBeCloseTo(photos[4]!.way!.uplinkMs, 3);
  expect(back[4]!.label).toBe("tabby, tabby cat");
});
