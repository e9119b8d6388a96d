import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assign } from "../../../benchmarks/workloads/image-classification/run/assignment.ts";
import { canonicalJson } from "../../../benchmarks/run/provenance.ts";
import { exitStatus } from "../../../benchmarks/run/result.ts";
import { benchmarkTestbed } from "../../../benchmarks/run.ts";
import { waitEnded, waitReady, type Waited } from "../../../benchmarks/parts/waiting.ts";
import type { Report } from "../../../benchmarks/report/schema.ts";
import { reading } from "../../../benchmarks/workloads/image-classification/run/reading.ts";
import { machineLauncher, RemotePart } from "../../../benchmarks/parts/remotePart.ts";
import type { Tell } from "../../../events/event.ts";
import { sshTransport } from "../../../benchmarks/transport/ssh.ts";
import type { Transport } from "../../../benchmarks/transport/transport.ts";
import { imageBenchmark, localTestbed } from "../../support/workload/localTestbed.ts";
import { syntheticMeasurements } from "../../support/workload/syntheticRun.ts";
import { computeReport, workload } from "../../support/workload/imageReport.ts";

const benchmark = imageBenchmark;

function answering(answer: (command: string) => string): Transport {
  return {
    run: (_machine, command) => Promise.resolve(answer(command)),
    converse: () => Promise.reject(new Error("not used here")),
    serve: () => Promise.reject(new Error("not used here")),
    besideMachines: (command) => [...command],
  };
}

describe("assign", () => {
  const machine = (tier: "cloud" | "endpoint", index: number) => ({
    ...localTestbed.machines[0]!,
    name: `${tier}-${index}`,
    tier,
    index,
  });
  const testbed = (workers: number, endpoints: number) => ({
    name: "t",
    machines: [
      ...Array.from({ length: workers }, (_, i) => machine("cloud", i)),
      ...Array.from({ length: endpoints }, (_, i) => machine("endpoint", i)),
    ],
  });
  const workersOf = (workers: number, endpoints: number): string[] =>
    assign(testbed(workers, endpoints), benchmark).endpoints.map(({ worker }) => worker.name);

  test("endpoints go round the workers; one more endpoint changes no other's", () => {
    expect(workersOf(2, 3)).toEqual(["cloud-0", "cloud-1", "cloud-0"]);
    expect(workersOf(2, 4).slice(0, 3)).toEqual(workersOf(2, 3));
  });

  test("schedules are spread over the interval", () => {
    expect(assign(testbed(1, 4), benchmark).endpoints.map(({ phase }) => phase)).toEqual([0, 0.25, 0.5, 0.75]);
  });

  test("a part without machine is named", () => {
    expect(() => assign(testbed(0, 1), benchmark)).toThrow("testbed t has no cloud machine to run the worker");
    expect(() => assign(testbed(1, 0), benchmark)).toThrow("testbed t has no endpoint machine to send photos");
  });
});

describe("waiting for a role", () => {
  const role = (answer: (command: string) => string, part: "worker" | "publisher" = "worker"): RemotePart =>
    new RemotePart({
      transport: answering(answer),
      machine: { name: "cloud-0", address: "10.0.0.1" },
      name: "cloud-0",
      role: part,
      launcher: machineLauncher("r-1", part),
      limitMs: 1000,
      resultFields: reading.resultFields,
    });
  const waited = (ending: RemotePart, onCounts: Waited["onCounts"] = () => undefined): Waited => ({
    ending: [ending],
    serving: [],
    expectedMs: performance.now(),
    onCounts,
  });
  const wait = { limitMs: 30, mostMs: 60_000, pollMs: 5, signal: new AbortController().signal };

  test("ends when it is ready", async () => {
    let looks = 0;
    const state = (): string => (++looks < 3 ? "starting" : "ready");
    await waitReady(
      role(() => `active\n{"state":"${state()}","detail":"x"}\n`),
      { ...wait, limitMs: 60_000 },
    );
    expect(looks).toBe(3);
  });

  test("names machine, role and what it last did, after the limit", async () => {
    const never = role(() => 'active\n{"state":"starting","detail":"loads the model"}\n');
    await expect(waitReady(never, wait)).rejects.toThrow(
      "cloud-0: the worker is not ready after 0.03 s without news (loads the model)",
    );
    await expect(
      waitReady(
        role(() => "active\n"),
        wait,
      ),
    ).rejects.toThrow("(nothing was heard of it)");
  });

  test("is patient as long as there is news", async () => {
    let looks = 0;
    const slow = role(() => {
      looks += 1;
      return `active\n${JSON.stringify({ state: looks < 8 ? "starting" : "ready", detail: `loads part ${looks}` })}\n`;
    });
    const begun = performance.now();
    await waitReady(slow, { ...wait, limitMs: 60, pollMs: 50 });
    expect(performance.now() - begun).toBeGreaterThan(5 * 60);
  });

  test("has an end, whatever news a machine makes up", async () => {
    let looks = 0;
    const news = role(() => `active\n${JSON.stringify({ state: "starting", detail: `loads part ${(looks += 1)}` })}\n`);
    await expect(waitReady(news, { ...wait, limitMs: 60_000, mostMs: 100 })).rejects.toThrow(
      /^cloud-0: the worker is not ready after 0.1 s \(loads part \d+\)$/,
    );
    const going = role(
      () => `active\n${JSON.stringify({ state: "running", detail: "goes on", counts: { answered: (looks += 1) } })}\n`,
      "publisher",
    );
    await expect(waitEnded(waited(going), { ...wait, limitMs: 60_000, mostMs: 500 })).rejects.toThrow(
      "the run has not ended after 0.5 s; not through: cloud-0 (goes on)",
    );
  });

  test("shows of a machine's words only what a terminal may", async () => {
    const odd = role(() => `active\n${JSON.stringify({ state: "starting", detail: "\u001b[2Jgone" })}\n`);
    await expect(waitReady(odd, wait)).rejects.toThrow("(\\u{1b}[2Jgone)");
  });

  test("of publishers is patient as long as photos are answered, and else names who is not through", async () => {
    let looks = 0;
    const publisher = (goesOn: boolean): RemotePart =>
      role(() => {
        looks += 1;
        const answered = goesOn ? looks : 3;
        const state = { state: "running", detail: `${answered} answered`, counts: { sent: 9, answered } };
        return `${looks > 4 && goesOn ? "exited 0" : "active"}\n${JSON.stringify(state)}\n`;
      }, "publisher");
    const counts: string[] = [];
    const note = ({ sent, answered }: Readonly<Record<string, number>>): void => {
      counts.push(`${sent} ${answered}`);
    };
    // A look a second; five of them take more than three limits.
    await waitEnded(waited(publisher(true), note), { ...wait, limitMs: 1200 });
    expect(counts).toEqual(["9 1", "9 2", "9 3", "9 4", "9 5"]);
    looks = 0;
    await expect(waitEnded(waited(publisher(false), note), { ...wait, limitMs: 1200 })).rejects.toThrow(
      "the run has not ended after 1.2 s without news; not through: cloud-0 (3 answered)",
    );
  });

  test("tells why it ended, from its result or else from its log", async () => {
    const counts = { photos: 0, answered: 0, clockUncertaintyMs: 0, clockStepMs: 0, versions: {} };
    const result = JSON.stringify({
      role: "worker",
      id: "cloud-0",
      outcome: "failed",
      reason: "cannot connect",
      ...counts,
    });
    const told = role((command) =>
      command.includes("result.json") ? result : command.includes("logs") ? "" : "exited 1\n",
    );
    await expect(waitReady(told, wait)).rejects.toThrow("cloud-0: the worker failed: cannot connect");
    const silent = role((command) =>
      command.includes("logs") ? "no image" : command.includes("result") ? "" : "exited 7\n",
    );
    await expect(waitReady(silent, wait)).rejects.toThrow("cloud-0: the worker ended: status 7:\nno image");
  });
});

test("exit statuses tell the outcomes apart", () => {
  const report = computeReport(syntheticMeasurements(1, 10)) as unknown as Report;
  const common = { report, directory: "/results", workload };
  expect([
    exitStatus({ outcome: "completed", thresholdsMet: true, offLinks: [], ...common }),
    exitStatus({ outcome: "failed", reason: "r", ...common }),
    exitStatus({ outcome: "not-sustained", reasons: [], ...common }),
    exitStatus({ outcome: "completed", thresholdsMet: false, offLinks: ["cloud-edge: loss"], ...common }),
    exitStatus({ outcome: "completed", thresholdsMet: true, offLinks: ["cloud-edge: loss"], ...common }),
    exitStatus({ outcome: "interrupted", ...common }),
  ]).toEqual([0, 1, 3, 4, 5, 130]);
});

test("a stack without benchmark is told what to add", async () => {
  const nothing = { ...localTestbed, benchmark: undefined };
  await expect(
    benchmarkTestbed(
      nothing,
      answering(() => ""),
      {},
      () => undefined,
    ),
  ).rejects.toThrow(
    'stack local has no benchmark; add "benchmark: { workload: NAME }" to stacks/local.yaml (NAME: empty, image-classification, stress) and run: strata up local',
  );
});

test("a second Ctrl-C does not keep the report from being written", async () => {
  const directory = mkdtempSync(join(tmpdir(), "strata-run-"));
  const before = process.listenerCount("SIGINT");
  let during = before;
  const tell: Tell = (told) => {
    if (told.kind === "started" && told.item.name === "report") during = process.listenerCount("SIGINT");
  };
  const broken = answering(() => "");
  broken.run = () => Promise.reject(new Error("no machine"));
  const result = await benchmarkTestbed(localTestbed, broken, { directory }, tell);
  expect([result.outcome, during, process.listenerCount("SIGINT")]).toEqual(["failed", before + 1, before]);
  rmSync(directory, { recursive: true });
});

test("without the stack's ssh configuration the error names it and the fix", () => {
  expect(() => sshTransport(localTestbed, "/nowhere")).toThrow(
    "/nowhere/ssh_config is missing: this checkout did not build stack local; run: strata up local",
  );
});

test("canonical JSON does not depend on the order of keys", () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
});
