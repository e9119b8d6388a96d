import { clusterState } from "../../../benchmarks/cluster/state.ts";
import { reading } from "../../../benchmarks/workloads/image-classification/run/reading.ts";
import {
  readPublisherSamples,
  readWorkerSamples,
} from "../../../benchmarks/workloads/image-classification/metrics/samples.ts";
import { parseIperf, parseSent } from "../../../benchmarks/network/rate.ts";
import { parsePing } from "../../../benchmarks/network/roundTrip.ts";
import { parseResult, parseState } from "../../../benchmarks/parts/partFiles.ts";
import { runFor, serveFor } from "../../../benchmarks/transport/process.ts";
import { RemoteInjector } from "../../../benchmarks/injection/remoteInjector.ts";
import { RemoteError, type Transport } from "../../../benchmarks/transport/transport.ts";
import { patient } from "../../support/patience.ts";

// Whoever has taken a machine over says what they like to the runner, which is on the host.
const machine = { name: "edge-0", address: "10.83.64.1" };
const limits = { what: "ask", limitMs: 60_000 };

const pod = (name: string, node = "edge-0", creationTimestamp = "2026-03-04T10:00:00Z") => ({
  kind: "Pod",
  metadata: { name, creationTimestamp, labels: { "app.kubernetes.io/name": "strata-worker" } },
  spec: { nodeName: node },
  status: { phase: "Running" },
});

test.each(["../../../../etc/cron.d/x", "a/b", "", "..", ".", "A", "a b", "a\nb", "a$(id)", "-rf", "a".repeat(254)])(
  "a pod or node named %j is refused, before its name is part of a path or a command",
  (name) => {
    expect(() => clusterState({ items: [pod(name)] })).toThrow();
    expect(() => clusterState({ items: [pod("worker", name)] })).toThrow();
  },
);

test("a pod that Kubernetes could have is taken", () => {
  expect(clusterState({ items: [pod("strata-worker-5d8f-x2.a")] }).pods[0]?.name).toBe("strata-worker-5d8f-x2.a");
});

test.each(["", "yesterday", "2026-13-45T10:00:00Z", "1e999"])(
  "a pod made at %j is refused: reports compute with it",
  (when) => {
    expect(() => clusterState({ items: [pod("worker", "edge-0", when)] })).toThrow("ISO");
  },
);

test.each(["abc", "1e999", "-1e300", "NaN", "", " "])(
  "a sample of %j ms is a named problem, and ends the file",
  (cell) => {
    const worker = "seq,endpoint,receivedMs,startedMs,decodedMs,inferredMs,repliedMs,bytes,label\n";
    const whole = "1,endpoint-0,1,2,3,4,5,60,cat\n";
    const read = readWorkerSamples(`${worker}${whole}2,endpoint-0,1,2,${cell},4,5,60,cat\n${whole}`);
    expect(read.samples).toHaveLength(1);
    expect(read.problem).toBe(`row 2: decodedMs is no figure: ${JSON.stringify(cell)}`);
    const publisher = "seq,photo,intendedMs,sentMs,ackedMs,replyMs,label,bytes,preprocMs,warmup\n";
    const { problem } = readPublisherSamples(`${publisher}0,a.jpg,10,${cell},11,99,cat,60,0.2,1\n`);
    expect(problem).toBe(`row 1: sentMs is no figure: ${JSON.stringify(cell)}`);
  },
);

test("a ping's time that is none is no answer; more answers than pings are as many pings", () => {
  const line = (time: string): string => `64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=${time} ms\n`;
  const end = "2 packets transmitted, 2 received";
  expect(parsePing(`${line("1.2.3")}${line("4")}${end}`)).toMatchObject({ sent: 2, received: 1, meanMs: 4 });
  expect(parsePing(`${line("9".repeat(400))}${end}`)).toBeUndefined();
  expect(parsePing(`${line("4").repeat(5)}${end}`)).toMatchObject({ sent: 5, received: 5 });
});

test("a long line in place of ping's is read as fast as a short one", () => {
  const begun = performance.now();
  expect(parsePing(`${"icmp_seq=1 ".repeat(100_000)}5 packets transmitted`)).toBeUndefined();
  // The square of it would take minutes.
  expect(performance.now() - begun).toBeLessThan(patient(5000));
});

test("what a role says of itself has its form, or is refused by name", () => {
  const fields = reading.resultFields;
  const result = {
    role: "worker",
    id: "edge-0",
    outcome: "completed",
    photos: 1,
    answered: 1,
    clockUncertaintyMs: 0.1,
    clockStepMs: 0,
    versions: { node: "24" },
  };
  expect(parseResult(JSON.stringify(result), fields)).toEqual(result);
  expect(() => parseResult(JSON.stringify({ ...result, photos: "1" }), fields)).toThrow("its result is none: photos: ");
  expect(() => parseResult(JSON.stringify({ ...result, reason: "x".repeat(20_000) }), fields)).toThrow(
    "its result is none: reason: ",
  );
  expect(() => parseResult("[", fields)).toThrow("its result is no JSON");
  expect(() => parseState('{"state":"gone","detail":""}')).toThrow("its state is none: state: ");
  expect(parseState('{"state":"ready","detail":"listens","counts":{"sent":1}}')).toEqual({
    state: "ready",
    detail: "listens",
    counts: { sent: 1 },
  });
  expect(() => parseState('{"state":"ready","detail":"","counts":{"sent":-1}}')).toThrow(
    "its state is none: counts.sent",
  );
});

test("what a links' injector says went wrong is the beginning of it, as a terminal may show it", async () => {
  const errors = [`\u001b[2J${"x".repeat(20_000)}`, ...Array.from({ length: 5000 }, () => "again")];
  const times = {
    startedMs: null,
    changes: 0,
    skipped: 0,
    latenessMs: { mean: 0, max: 0 },
    faults: [],
    restored: true,
  };
  const text = JSON.stringify({ ...times, errors });
  const transport: Transport = {
    run: () => Promise.resolve(""),
    converse: () => Promise.resolve({ firstLine: "", say: () => undefined, end: () => Promise.resolve(text) }),
    serve: () => Promise.reject(new Error("not used here")),
    besideMachines: (command) => [...command],
  };
  const injector = new RemoteInjector(transport, machine, { limitMs: 1000 });
  await injector.start([], { lifetimeMs: 1000, signal: new AbortController().signal });
  const result = await injector.end();
  expect(result?.errors).toHaveLength(100);
  expect(result?.errors[0]).toMatch(/^\\u\{1b\}\[2Jx{9000,} \[\d+ more characters\]$/);
});

test("iperf3's report too", () => {
  expect(() => parseIperf('{"error":"\\u001b[2Jgone"}')).toThrow("\\u{1b}[2Jgone");
  expect(() => parseIperf('{"end":{"sum_received":{"bits_per_second":"7"}}}')).toThrow("iperf3 printed no report: ");
  expect(() => parseIperf("\u001b[2J")).toThrow("iperf3 printed no report: \\u{1b}[2J");
  expect(parseSent("nothing")).toBeUndefined();
});

test("an error shows what a machine said, and lets it do nothing to the terminal", () => {
  expect(new RemoteError(machine, "ask", "status 1", "\u001b[2J\u001b]52;c;aGk=\u0007gone").message).toBe(
    "edge-0: ask: status 1:\n\\u{1b}[2J\\u{1b}]52;c;aGk=\\u{7}gone",
  );
});

test("a machine that prints without end is cut off, with a sentence", async () => {
  const endless = ["sh", "-c", "yes this is a line"];
  await expect(runFor(machine, endless, { ...limits, mostBytes: 2 ** 20 })).rejects.toThrow(
    "edge-0: ask: printed more than 1 MiB, and was cut off",
  );
  await expect(runFor(machine, ["sh", "-c", "yes >&2"], { ...limits, mostBytes: 2 ** 20 })).rejects.toThrow(
    "was cut off",
  );
  await expect(serveFor(machine, ["sh", "-c", "yes | tr -d '\\n'"], limits)).rejects.toThrow(
    "edge-0: ask: its first line does not end",
  );
});
