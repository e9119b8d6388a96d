import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PublisherConfig } from "../../../benchmarks/workloads/image-classification/container/protocol.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { noBroker, startBroker } from "../../support/workload/nativeBroker.ts";
import type { NativeBroker } from "../../support/workload/nativeBroker.ts";
import { giveGo, startRole } from "../../support/workload/nativeWorkload.ts";
import type { NativeRole } from "../../support/workload/nativeWorkload.ts";
import { writeTinyModel, writeTinyPhotos } from "../../support/workload/tinyModel.ts";
import { patient } from "../../support/patience.ts";

// Loading onnxruntime and sharp takes half a second on an idle machine, and much longer on a busy one.
const endpoint: PublisherConfig = {
  run: "r1",
  id: "endpoint-0",
  worker: "cloud-0",
  rateHz: 20,
  warmupMs: 500,
  durationMs: 1500,
  phaseMs: 0,
  goLimitMs: patient(20_000),
  replyLimitMs: patient(10_000),
};
const workerConfig = { run: "r1", id: "cloud-0", limitMs: patient(60_000) };

const chain = (): void => {
  let directory: string;
  let broker: NativeBroker;
  let roles: NativeRole[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "strata-workload-"));
    writeTinyModel(join(directory, "model"));
    await writeTinyPhotos(join(directory, "photos"));
    broker = await startBroker();
    roles = [];
  });

  afterEach(async () => {
    for (const role of roles) role.process.kill("SIGKILL");
    await Promise.all(roles.map((role) => role.exited));
    broker.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (config: PublisherConfig): Promise<{ worker: NativeRole; publisher: NativeRole }> => {
    const worker = startRole("worker", directory, broker.config, workerConfig);
    const publisher = startRole("publisher", directory, broker.config, config);
    roles.push(worker, publisher);
    await Promise.all([worker.reached("ready"), publisher.reached("ready")]);
    giveGo(directory, Date.now() + 200);
    return { worker, publisher };
  };

  test("each photo is classified and answered; the worker ends on SIGTERM with all samples", async () => {
    const { worker, publisher } = await start(endpoint);
    expect(await publisher.exited).toBe(0);
    worker.process.kill("SIGTERM");
    expect(await worker.exited).toBe(0);

    expect(publisher.result()).toMatchObject({ outcome: "completed", photos: 40, answered: 40, clockStepMs: 0 });
    expect(worker.result()).toMatchObject({
      outcome: "stopped",
      reason: "stopped by SIGTERM",
      photos: 40,
      answered: 40,
    });
    expect(worker.result().model).toBe("brightest-channel");
    expect(publisher.result().catalogue?.[2]).toEqual({ file: "blue.jpg", labels: ["blue"] });

    const sent = publisher.samples();
    expect(sent.map((row) => Number(row.seq)).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    const known = sent.filter((row) => row.photo !== "grey.jpg");
    expect(known.map((row) => row.label)).toEqual(known.map((row) => row.photo?.replace(".jpg", "")));
    expect(sent.filter((row) => row.warmup === "1")).toHaveLength(10);

    const apartMs = publisher.result().clockUncertaintyMs + worker.result().clockUncertaintyMs + 0.1;
    const classified = new Map(worker.samples().map((row) => [row.seq, row]));
    for (const row of sent) {
      const other = classified.get(row.seq);
      const times = [row.intendedMs, row.sentMs, other?.receivedMs, other?.startedMs, other?.decodedMs];
      const chain = [...times, other?.inferredMs, other?.repliedMs, row.replyMs].map(Number);
      // One machine, one clock: the stamps follow each other, within the clocks' calibration and rounding.
      for (let i = 1; i < chain.length; i += 1) expect(chain[i]! - chain[i - 1]!).toBeGreaterThan(-apartMs);
      expect(other?.bytes).toBe(row.bytes);
    }
  });

  test("in a closed loop the next photo leaves when the one before is answered, however late the loop began", async () => {
    const closed = { ...endpoint, rateHz: 1000, warmupMs: 0, durationMs: 8, inFlight: 1 };
    const worker = startRole("worker", directory, broker.config, workerConfig);
    const publisher = startRole("publisher", directory, broker.config, closed);
    roles.push(worker, publisher);
    await Promise.all([worker.reached("ready"), publisher.reached("ready")]);
    giveGo(directory, 0);
    expect(await publisher.exited).toBe(0);
    const rows = publisher.samples();
    expect(rows.map(({ seq }) => seq)).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
    for (let i = 1; i < rows.length; i += 1) {
      expect(Number(rows[i]!.sentMs)).toBeGreaterThanOrEqual(Number(rows[i - 1]!.replyMs));
    }
  });

  test("a closed loop whose photo is not answered ends after the limit", async () => {
    const closed = { ...endpoint, rateHz: 1000, warmupMs: 0, durationMs: 8, inFlight: 1, replyLimitMs: 300 };
    const publisher = startRole("publisher", directory, broker.config, closed);
    roles.push(publisher);
    await publisher.reached("ready");
    giveGo(directory, 0);
    expect(await publisher.exited).toBe(0);
    expect(publisher.result()).toMatchObject({ photos: 1, answered: 0 });
  });

  test("a broker that dies fails both roles, with the reason, and keeps the samples", async () => {
    const { worker, publisher } = await start({ ...endpoint, durationMs: 60_000 });
    await publisher.reached("running");
    await sleep(1000);
    broker.process.kill("SIGKILL");
    expect(await publisher.exited).toBe(1);
    expect(await worker.exited).toBe(1);

    const { outcome, reason, photos } = publisher.result();
    expect(outcome).toBe("failed");
    // With or without the socket's own word for it, such as "read ECONNRESET".
    const lost =
      /^lost the connection to the MQTT broker 127\.0\.0\.1:\d+(: \w+ E\w+)?, after (\d+) photos sent and \d+/;
    expect(lost.exec(reason ?? "")?.[2]).toBe(String(photos));
    expect(photos).toBeGreaterThan(5);
    expect(publisher.samples()).toHaveLength(photos);
    expect(worker.result().outcome).toBe("failed");
    expect(worker.samples()).toHaveLength(worker.result().answered);
  });

  test("photos without a worker are recorded as unanswered", async () => {
    const publisher = startRole("publisher", directory, broker.config, {
      ...endpoint,
      durationMs: 500,
      replyLimitMs: 300,
    });
    roles.push(publisher);
    await publisher.reached("ready");
    giveGo(directory, Date.now() + 100);
    expect(await publisher.exited).toBe(0);
    expect(publisher.result()).toMatchObject({ outcome: "completed", photos: 20, answered: 0 });
    const replies = publisher.samples().map((row) => `${row.replyMs}|${row.label}`);
    expect(replies).toEqual(Array.from({ length: 20 }, () => "|"));
  });

  test("a wrong password is told as such", async () => {
    const publisher = startRole("publisher", directory, { ...broker.config, password: "wrong" }, endpoint);
    roles.push(publisher);
    expect(await publisher.exited).toBe(1);
    expect(publisher.result().reason).toBe(
      `cannot connect to the MQTT broker 127.0.0.1:${broker.config.port}: Connection refused: Not authorized`,
    );
  });

  test("no start sign within the limit is told as such", async () => {
    const publisher = startRole("publisher", directory, broker.config, { ...endpoint, goLimitMs: 300 });
    roles.push(publisher);
    expect(await publisher.exited).toBe(1);
    expect(publisher.result().reason).toMatch(/^no start sign \(.*publisher\.go\.json\) within 0\.3 s$/);
  });
};

describeUnless(noBroker, "publisher and worker through a real broker", chain);
