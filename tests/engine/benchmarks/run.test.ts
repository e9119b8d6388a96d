import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchmarkTestbed, exitStatus } from "../../../benchmarks/run.ts";
import type { BenchmarkOptions, BenchmarkResult } from "../../../benchmarks/run.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { localTestbed } from "../../support/workload/localTestbed.ts";
import { localTransport } from "../../support/workload/localTransport.ts";
import { noBroker, startBroker } from "../../support/workload/nativeBroker.ts";
import type { NativeBroker } from "../../support/workload/nativeBroker.ts";
import { writeTinyModel, writeTinyPhotos } from "../../support/workload/tinyModel.ts";
import { imageReport, readReport } from "../../support/workload/imageReport.ts";

// Loading onnxruntime and sharp takes half a second on an idle machine, and much longer on a busy one.
const wholeRunner = (): void => {
  let directory: string;
  let broker: NativeBroker;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "strata-run-"));
    writeTinyModel(join(directory, "model"));
    await writeTinyPhotos(join(directory, "photos"));
    broker = await startBroker();
  });

  afterEach(() => {
    broker.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const run = (
    options: BenchmarkOptions,
    onDetail: (text: string) => void = () => undefined,
  ): Promise<BenchmarkResult> =>
    benchmarkTestbed(
      localTestbed,
      localTransport(directory, broker.config),
      { directory: join(directory, "results"), ...options },
      (told) => {
        if (told.kind === "progress") onDetail(told.text);
      },
    );

  test("two repetitions from clocks to report", async () => {
    const result = await run({});
    expect(result.outcome === "failed" ? result.reason : "").toBe("");
    // Whether this host keeps up with it is the host's business; everything was sent and answered either way.
    expect(["completed", "not-sustained"]).toContain(result.outcome);
    // 5: one of the links, loopback that should take 40 ms, is off.
    expect(exitStatus(result)).toBe(result.outcome === "completed" ? 5 : 3);
    const report = imageReport(result.report);
    expect(readReport(result.directory)).toEqual(JSON.parse(JSON.stringify(report)));
    expect(report.samples).toEqual({ file: "samples.csv", photos: 64, answered: 64, warmup: 16 });
    expect(report.repetitions.map(({ planned, sent, answered }) => [planned, sent, answered])).toEqual([
      [24, 24, 24],
      [24, 24, 24],
    ]);
    // Seq 4 to 15 of each endpoint are measured, of four photos in turn; the grey one's label is not known.
    expect(report.accuracy).toEqual({ known: 36, right: 36, wrong: [] });
    expect(report.endpoints.map((row) => [row.endpoint_id, row.connected_to, row.photos])).toEqual([
      ["endpoint-0", "cloud-0", 24],
      ["endpoint-1", "cloud-0", 24],
    ]);
    // One host, one clock: the offsets are zero within their own uncertainty.
    for (const { offsetMs, uncertaintyMs } of Object.values(report.repetitions[0]!.clocks)) {
      expect(Math.abs(offsetMs)).toBeLessThanOrEqual(uncertaintyMs);
    }
    expect(report.network.map(({ link, roundTrip }) => `${link} ${roundTrip.verdict}`)).toEqual([
      "cloud-edge ok",
      "cloud-endpoint off",
    ]);
    expect(readFileSync(join(result.directory, "samples.csv"), "utf8").trim().split("\n")).toHaveLength(65);
    expect(existsSync(join(result.directory, "raw/repetition-2/endpoint-1.publisher.csv"))).toBe(true);
    expect(existsSync(join(result.directory, "report.html"))).toBe(true);
  });

  test("rate: auto measures the workers first, says what it chose, and runs all repetitions at it", async () => {
    const details: string[] = [];
    const result = await run({ rateHz: "auto", durationS: 2, verifyNetwork: false }, (text) => details.push(text));
    expect(result.outcome === "failed" ? result.reason : "").toBe("");
    const { calibration, benchmark, repetitions, samples } = imageReport(result.report);
    expect(details.find((text) => text.startsWith("rate: auto chose "))).toMatch(
      /^rate: auto chose [\d.]+ Hz an endpoint, .*; cloud-0 takes [\d.]+ ms a photo \(mean of 7, not counted below\)\. Measured for \d s after \d s$/,
    );
    expect(calibration).toMatchObject({ worker: "cloud-0", endpoints: 2, photos: 7, share: 0.5 });
    expect(benchmark.rateHz).toBe(calibration!.rateHz);
    // Twenty photos of each endpoint, or three times what was asked for.
    expect(benchmark.durationS * calibration!.rateHz >= 20 || benchmark.durationS === 6).toBe(true);
    expect(repetitions.map(({ planned }) => planned)).toEqual([repetitions[0]!.planned, repetitions[0]!.planned]);
    // Photos of the calibration are in no figure.
    expect(samples.photos - samples.warmup).toBe(2 * repetitions[0]!.planned);
    expect(readReport(result.directory).calibration).toEqual(calibration);
    expect(existsSync(join(result.directory, "raw/calibration/cloud-0.worker.csv"))).toBe(true);
  });

  test("a broker that dies makes the run failed, keeps the samples and says why", async () => {
    const result = await run({ durationS: 60, verifyNetwork: false }, (text) => {
      if (/^[1-9]\d* photos sent/.test(text)) broker.process.kill("SIGKILL");
    });
    expect(result.outcome).toBe("failed");
    expect(exitStatus(result)).toBe(1);
    if (result.outcome !== "failed") return;
    expect(result.reason).toMatch(/^(endpoint-[01]: the publisher|cloud-0: the worker) failed: lost the connection/);
    expect(imageReport(result.report).samples.photos).toBeGreaterThan(0);
    expect(result.report.repetitions).toHaveLength(1);
    expect(readReport(result.directory).outcome.kind).toBe("failed");
  });

  test("an interrupt stops the parts on the machines and keeps the samples", async () => {
    const controller = new AbortController();
    const result = await run({ durationS: 60, verifyNetwork: false, signal: controller.signal }, (text) => {
      if (/^[1-9]\d* photos sent/.test(text)) controller.abort(new Error("interrupted"));
    });
    expect(result.outcome).toBe("interrupted");
    expect(exitStatus(result)).toBe(130);
    expect(imageReport(result.report).samples.photos).toBeGreaterThan(0);
    const raw = join(result.directory, "raw/repetition-1");
    const ended = ["cloud-0.worker", "endpoint-0.publisher"].map(
      (name) => (JSON.parse(readFileSync(join(raw, `${name}.result.json`), "utf8")) as { reason: string }).reason,
    );
    expect(ended).toEqual(["stopped by SIGTERM", "stopped by SIGTERM"]);
  });
};

describeUnless(noBroker, "the runner on local machines", wholeRunner);
