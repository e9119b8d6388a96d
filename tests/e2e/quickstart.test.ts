// The whole chain on real machines, as a user runs it: quickstart, a second `up`, an edit of a link, destroy.
import { execa } from "execa";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LinkCheck } from "../../benchmarks/network/result.ts";
import { expectFaultsAsReported } from "../support/faultTimes.ts";
import { lastReport, lastResults } from "../support/workload/lastReport.ts";
import { expectLinksAsWanted, expectRoundTrip } from "../support/linkFigures.ts";
import { samplesWritten } from "../support/samplesWritten.ts";
import { RealLinks } from "../support/realLinks.ts";
import { nearly, partsAndWhole, recomputed, statusOf } from "../support/recomputed.ts";
import { softwareEnvironments } from "../support/softwareEnvironments.ts";
import { Sandbox, summaryOf } from "../support/strata.ts";
import { until } from "../support/until.ts";
import { benchLoad, otherLoads } from "./otherLoads.ts";
import { moveBroker } from "./moveBroker.ts";
import { rebootEdge } from "./reboot.ts";
import { expectNoSecretsInState, expectOwnHostKeys } from "./secrets.ts";
import { mahimahi, playOnSingleLinks, windowMs } from "./singleLinks.ts";
import { type ImageReport } from "../support/workload/imageReport.ts";

const sandbox = new Sandbox();
const machines = ["cloud-0", "edge-0", "endpoint-0"];
const minute = 60_000;
/** What goes wrong in the runs below; the step lasts until they end. */
const faults: Record<string, string>[] = [
  { kind: "partition", tier: "edge", at: "1 s", duration: "2 s" },
  { kind: "latency-step", link: "edge-endpoint", latency: "100 ms", at: "4 s", duration: "25 min" },
];

afterAll(() => sandbox.clean());

const samplesOfLastRun = (): string => readFileSync(join(lastResults(sandbox, "quickstart"), "samples.csv"), "utf8");

const reportOfLastRun = (): ImageReport => lastReport(sandbox, "quickstart");

async function onMachine(machine: string, ...command: string[]): Promise<string> {
  const { stdout } = await sandbox.succeed("strata", "ssh", "quickstart", machine, ...command);
  return stdout.trim();
}

const bootIds = (): Promise<string[]> =>
  Promise.all(machines.map((machine) => onMachine(machine, "cat", "/proc/sys/kernel/random/boot_id")));

test("quickstart builds the testbed, measures on it and reports", async () => {
  const { exitCode, stdout, all } = await sandbox.run("strata", "quickstart", "--yes");
  const report = reportOfLastRun();
  // The load is one that this machine can carry. Only that a link was off may be told of a busy one.
  if (![0, 5].includes(exitCode ?? -1)) throw new Error(all.slice(-6000));
  expect(exitCode).toBe(statusOf(report));
  expect(report.outcome).toEqual({ kind: "completed" });

  for (const text of ["worker_id", "endpoint_id", "connected_to", "latency_avg", "Report: "])
    expect(stdout).toContain(text);
  for (const machine of machines) expect(stdout).toContain(`./strata ssh quickstart ${machine}`);
  expect(report.testbed.provider.accelerator).toEqual(existsSync("/dev/kvm") ? expect.any(String) : "tcg");
});

test("every figure of the report is what samples.csv says by itself, and the parts of a way are its whole", () => {
  const { samples, workers, endpoints, breakdown, latency, lateness, repetitions } = reportOfLastRun();
  const expected = recomputed(samplesOfLastRun());
  expect({ samples, workers, endpoints, breakdown, endToEnd: latency.end_to_end?.summary, lateness }).toEqual(
    nearly(expected),
  );
  const [{ planned, sent, answered, reasons }] = repetitions as [ImageReport["repetitions"][number]];
  const counted = samples.photos - samples.warmup;
  expect({ planned, sent, answered, reasons }).toEqual({
    planned: counted,
    sent: counted,
    answered: counted,
    reasons: [],
  });
  expect(counted).toBeGreaterThan(0);
  expect(samples.warmup).toBeGreaterThan(0);
  expect([workers, endpoints].map((rows) => rows.map(({ photos }) => photos))).toEqual([[counted], [counted]]);
  expect(endpoints.map((row) => [row.endpoint_id, row.connected_to])).toEqual([["endpoint-0", "cloud-0"]]);
  // Eight cells of the row, each rounded to 0.001; and parts are by the clocks of two machines, which drift.
  const drifts = Object.values(repetitions[0]!.clocks).map(({ driftPpm }) => Math.abs(driftPpm));
  const most = 0.005 + (latency.end_to_end!.summary.max * 2 * Math.max(...drifts)) / 1e6;
  for (const difference of partsAndWhole(samplesOfLastRun())) expect(Math.abs(difference)).toBeLessThan(most);
});

test("clocks are known better than the ways that they measure; a photo's way holds its links' latency", () => {
  const { repetitions, breakdown, testbed } = reportOfLastRun();
  const clocks = Object.entries(repetitions[0]!.clocks);
  expect(clocks.map(([machine]) => machine).sort()).toEqual(["cloud-0", "endpoint-0"]);
  // Through the broker: two links of 7.5 ms.
  const latencyMs = testbed.links
    .filter(({ name }) => name !== "cloud-endpoint")
    .reduce((sum, link) => sum + link.latencyMs, 0);
  expect(latencyMs).toBe(15);
  for (const [, { uncertaintyMs, stepMs }] of clocks) {
    expect([uncertaintyMs > 0, uncertaintyMs < latencyMs, stepMs]).toEqual([true, true, 0]);
  }
  const [{ meanMs, clockUncertaintyMs }] = breakdown as [ImageReport["breakdown"][number]];
  // Links jitter, so a mean is a little less sure than a latency; a photo takes time of its own as well.
  for (const way of [meanMs.uplink, meanMs.downlink]) expect(way + clockUncertaintyMs).toBeGreaterThan(0.8 * latencyMs);
});

test("the network of known photos names them", () => {
  const { known, right } = reportOfLastRun().accuracy;
  expect(known).toBeGreaterThan(0);
  expect(right / known).toBeGreaterThanOrEqual(0.8);
});

test("each link is the one asked for: round trip, jitter, loss and rates", () => {
  const { network } = reportOfLastRun();
  expect(
    network.map(({ link, roundTrip, rate, rateDown }) => [
      link,
      Math.round(roundTrip.wantedMs),
      Number(roundTrip.wantedSdMs.toFixed(1)),
      rate?.wantedMbit,
      rateDown?.wantedMbit,
    ]),
  ).toEqual([
    ["cloud-edge", 15, 3.5, 1000, 1000],
    ["cloud-endpoint", 90, 7.1, 7.21, 7.21],
    ["edge-endpoint", 15, 3.5, 7.21, 7.21],
  ]);
  expectLinksAsWanted(network);
});

test("a second up changes nothing", async () => {
  const { stdout } = await sandbox.succeed(
    "pulumi",
    "up",
    "--stack",
    "quickstart",
    "--yes",
    "--skip-preview",
    "--expect-no-changes",
  );
  expect(summaryOf(stdout)).toEqual({ unchanged: 37 });
  expect(stdout).not.toContain("Undefined value");
});

test("passwords and the users' private key are in no state, not even with its secrets shown", () =>
  expectNoSecretsInState(sandbox));

test("each machine shows a host key of its own, and ssh takes no other's for it", () =>
  expectOwnHostKeys(sandbox, machines));

test("roles applied again change nothing on the machines", async () => {
  // Without the previous run's output, every role is applied.
  const phase = join(sandbox.project, "components/software/runPhase.ts");
  const applied = (await softwareEnvironments(sandbox, "quickstart")).map((environment) =>
    execa("node", [phase], { env: { ...sandbox.environment, ...environment } }),
  );
  expect(applied).toHaveLength(machines.length);
  for (const { stderr } of await Promise.all(applied)) {
    expect(stderr).toMatch(/ok=\d+ +changed=0 +unreachable=0 +failed=0/);
  }
});

test("an edit of links updates the shaping of their ends, and touches no machine", async () => {
  const boots = await bootIds();
  const edits: [path: string, value: string][] = [
    ["links.cloud-edge.latency", "30 ms"],
    ["links.access.endpoint.down", "5 Mbit"],
    // Of use in the tests below; here they change nothing.
    ["links.cloud-edge.trace.file", "from the configuration.csv"],
    ["links.cloud-edge.trace.content", "time s,latency ms\n0,30\n1,60\n2,30\n"],
    ["links.cloud-endpoint.trace.file", "from the configuration.mahimahi"],
    ["links.cloud-endpoint.trace.content", mahimahi],
    ["links.cloud-endpoint.trace.window", `${windowMs} ms`],
    ["links.cloud-endpoint.trace.loop", "false"],
    ["benchmark.duration", "30 min"],
    ...faults.flatMap((fault, i) =>
      Object.entries(fault).map(([key, value]): [string, string] => [`benchmark.faults[${i}].${key}`, value]),
    ),
  ];
  const settings = edits.flatMap(([path, value]) => ["--plaintext", `strata:testbed.${path}=${value}`]);
  await sandbox.succeed("pulumi", "config", "set-all", "--stack", "quickstart", "--path", ...settings);

  const preview = await sandbox.succeed("pulumi", "preview", "--stack", "quickstart", "--diff");
  expect(preview.stdout).toMatch(/latencyMs *: 7\.5 => 30/);

  const up = await sandbox.succeed("pulumi", "up", "--stack", "quickstart", "--yes", "--skip-preview");
  // All three machines' shaping, and the components that show the edit: two links and the testbed.
  expect(summaryOf(up.stdout)).toEqual({ updated: 6, unchanged: 31 });

  expect(await bootIds()).toEqual(boots);
  const { stdout } = await sandbox.run("strata", "verify", "network", "quickstart", "--json");
  const { links } = JSON.parse(stdout) as { links: LinkCheck[] };
  const of = (name: string): LinkCheck => links.find(({ link }) => link === name)!;
  expect(of("cloud-edge").roundTrip.wantedMs).toBeCloseTo(60, 0);
  expectRoundTrip(of("cloud-edge").roundTrip);
  // The endpoint's own 5 Mbit/s are less than the link's 7.21; a busy host may hold TCP back, never let it run faster.
  const { wantedMbit, measuredMbit } = of("edge-endpoint").rateDown!;
  expect(wantedMbit).toBe(5);
  expect(measuredMbit! / wantedMbit).toBeGreaterThan(0.5);
  expect(measuredMbit! / wantedMbit).toBeLessThan(1.1);
});

test("a broker that moves to another machine leaves nothing where it was", () => moveBroker(sandbox));

test.each(otherLoads)("%s, from a file, runs on the same machines as they are", (...load) =>
  benchLoad(sandbox, reportOfLastRun().testbed, load),
);

const links = (): RealLinks => new RealLinks(reportOfLastRun().testbed, join(sandbox.state, "stacks", "quickstart"));

const bench = ["bench", "quickstart", "--no-verify", "--warmup", "1 s", "--rate", "1 Hz"];

test("a broker that stops in the middle of a run makes it failed: it says so, keeps the samples, and links are what they were", async () => {
  const own = await Promise.all([links().queueTo("edge-0", "endpoint"), links().queueTo("cloud-0", "edge")]);
  const run = sandbox.run("strata", ...bench, "--duration", "10 min");
  await samplesWritten(7, run, { role: "publisher", onMachine: (command) => links().run("endpoint-0", command) });
  // Meanwhile the edge was cut off from both tiers; the way from the host was open.
  await onMachine("edge-0", "systemctl", "stop", "mosquitto");
  const { exitCode, stdout } = await run;
  expect(stdout).toMatch(/Failed: .*MQTT broker/);
  expect(exitCode).toBe(1);
  const report = reportOfLastRun();
  expect(report.outcome.kind).toBe("failed");
  expect(report.samples.photos).toBeGreaterThanOrEqual(7);

  const { injectors, faults: done } = report.repetitions[0]!.timeline!;
  expect(injectors.map(({ machine, restored }) => [machine, restored])).toEqual(machines.map((name) => [name, true]));
  const partition = done.find(({ name }) => name === "partition of edge")!;
  expect(partition.machines.map(({ machine }) => machine)).toEqual(machines);
  expectFaultsAsReported(report, samplesOfLastRun());
  expect(await Promise.all([links().queueTo("edge-0", "endpoint"), links().queueTo("cloud-0", "edge")])).toEqual(own);
  expect(samplesOfLastRun()).toMatch(/^repetition,.*,traceMs cloud-edge,traceMs cloud-endpoint$/m);
});

test("a runner that is killed leaves no fault behind: the machines undo it by themselves", async () => {
  await links().run("edge-0", "systemctl start mosquitto");
  const own = await links().queueTo("edge-0", "endpoint");
  const guarded = await links().queueTo("endpoint-0", "edge");
  const roundTrip = async (): Promise<number> => (await links().ping("endpoint-0", "edge-0", "-c 3 -i 0.3")).meanMs;
  const killed = sandbox.startGroup("strata", ...bench);
  // Each machine begins by its own clock.
  await until("the latency step", 5 * minute, async () =>
    [await links().queueTo("edge-0", "endpoint"), await links().queueTo("endpoint-0", "edge")].every((queue) =>
      / delay 107/.test(queue),
    ),
  );
  const during = await roundTrip();
  expect(during).toBeGreaterThan(200);
  // The trace repeats 30 and 60 ms, a second each.
  await until("the trace", minute, async () => / delay 60ms/.test(await links().queueTo("cloud-0", "edge")));
  const refresh = ["refresh", "--stack", "quickstart", "--preview-only", "--non-interactive"];
  expect(summaryOf((await sandbox.succeed("pulumi", ...refresh)).all)).toEqual({ unchanged: 37 });
  const up = await sandbox.run("pulumi", "up", "--stack", "quickstart", "--yes", "--skip-preview", "--non-interactive");
  expect([up.exitCode === 0, up.all]).toEqual([false, expect.stringContaining("currently locked by 1 lock")]);

  // One machine's injector dies, in the middle of its change: systemd runs the guard.
  expect(await links().queueTo("endpoint-0", "edge")).toMatch(/ delay 107/);
  await links().run("endpoint-0", "systemctl kill --signal KILL strata-injector");
  await until(
    "the guard to restore",
    2 * minute,
    async () => (await links().queueTo("endpoint-0", "edge")) === guarded,
  );
  expect(await links().queueTo("edge-0", "endpoint")).toMatch(/ delay 107/);

  process.kill(-killed.pid!, "SIGKILL");
  await killed;
  // Publisher and worker would go on to the end of the run.
  const stop = (role: string) => `for run in /var/lib/strata/runs/*; do strata-workload stop \${run##*/} ${role}; done`;
  await links().run("endpoint-0", stop("publisher"));
  await links().run("cloud-0", stop("worker"));
  await until(
    "the queue to be what it was",
    2 * minute,
    async () => (await links().queueTo("edge-0", "endpoint")) === own,
  );
  expect(await roundTrip()).toBeLessThan(during / 2);
  const state = "systemctl is-active strata-injector; ls /run/strata-injector/active 2>/dev/null || true";
  expect(await Promise.all(machines.map((machine) => links().run(machine, state)))).toEqual(
    machines.map(() => "inactive"),
  );
});

test("a mahimahi trace, a link down and a burst of losses, each on one link, until systemd ends the injectors for their time", () =>
  playOnSingleLinks(links()));

test("a machine that was rebooted has its rules and its broker again", () => rebootEdge(links()));

test("machines that the host has no memory for are refused, and nothing is touched", async () => {
  const boots = await bootIds();
  const memory = "strata:testbed.tiers.cloud.memory";
  await sandbox.succeed("pulumi", "config", "set", "--stack", "quickstart", "--path", memory, "4000 GiB");
  const { exitCode, all } = await sandbox.run("strata", "up", "quickstart", "--yes");
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(/tiers: 3 machines need \d+ MiB .*the host has \d+ MiB; use fewer or smaller machines/);
  expect(await bootIds()).toEqual(boots);
});

test("destroy leaves nothing behind", async () => {
  await sandbox.succeed("strata", "destroy", "quickstart", "--yes");
  expect(sandbox.leftovers()).toEqual([]);
  expect(readdirSync(join(sandbox.state, "stacks"))).toEqual([]);
});
