import type { Photo } from "../../metrics/join.ts";
import { breakdownBars } from "../charts/breakdownBars.ts";
import { distribution } from "../charts/distribution.ts";
import { latencyOverTime } from "../charts/overTime.ts";
import { testbedGraph } from "../charts/testbedGraph.ts";
import { messageOf } from "../../../providers/kit/plain/errors.ts";
import { escape } from "../format.ts";
import { rateSentence } from "../rateSentence.ts";
import type { Report } from "../schema.ts";
import { outcomeSentence } from "../textTables.ts";
import { cards } from "./cards.ts";
import { phaseSection, podSection } from "./cluster.ts";
import { definitions, section } from "./html.ts";
import { style } from "./style.ts";
import {
  clockSection,
  continuumSection,
  labelSection,
  latencySection,
  networkSection,
  repetitionSection,
  thresholdSection,
} from "./tables.ts";
import { timelineSection } from "./timeline.ts";

/**
 * The report as one HTML file that loads nothing and runs no script. A part that can't be drawn says so in its place.
 */
export function reportPage(report: Report, photos: readonly Photo[]): string {
  const answered = photos.some((photo) => photo.endToEndMs !== undefined);
  const content = [
    part("The head", () => header(report)),
    part("The first figures", () => (answered ? cards(report) : "")),
    part("Thresholds", () => thresholdSection(report)),
    part("Testbed", () => section("Testbed", testbedCaption(report), testbedGraph(report))),
    ...(answered ? figures(report, photos) : []),
    part("Links", () => networkSection(report)),
    part("Traces and faults", () => timelineSection(report)),
    part("Repetitions", () => (report.repetitions.length > 0 ? repetitionSection(report) : "")),
    part("Pods", () => podSection(report)),
    part("Wrong labels", () => labelSection(report)),
    part("Clocks", () => (report.repetitions.length > 0 ? clockSection(report) : "")),
    part("Building the testbed", () => phaseSection(report)),
    part("Provenance", () => provenanceSection(report)),
  ];
  const title = escape(`${report.testbed.name}: ${report.benchmark.workload}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body><main>
${content.filter((part) => part !== "").join("\n")}
</main></body>
</html>
`;
}

function part(title: string, draw: () => string): string {
  try {
    return draw();
  } catch (error) {
    return note(`${title} could not be drawn: ${messageOf(error)}`, true);
  }
}

function header(report: Report): string {
  const { outcome, testbed, benchmark, startedAt } = report;
  const rate = benchmark.rateHz === "auto" ? "a rate not found yet" : `${benchmark.rateHz} Hz an endpoint`;
  const load = `${rate}, ${benchmark.durationS} s after ${benchmark.warmupS} s of warm-up`;
  const times = benchmark.repetitions === 1 ? "once" : `${benchmark.repetitions} times`;
  const date = `${startedAt.slice(0, 16).replace("T", " ")} UTC`;
  const kinds = {
    completed: "completed",
    "not-sustained": "not sustained",
    failed: "failed",
    interrupted: "interrupted",
  };
  const notes = [
    outcome.kind === "completed" ? "" : note(outcomeSentence(report), outcome.kind === "failed"),
    ...(outcome.kind === "failed" ? [] : (report.problems ?? []).map((problem) => note(problem, true))),
    report.repetitions.some(({ clocks }) => Object.values(clocks).some(({ stepMs }) => stepMs !== 0))
      ? note("A machine's clock was set during the run: uplink, downlink and delay mean nothing.", true)
      : "",
    report.calibration ? note(rateSentence(report.calibration), false) : "",
    testbed.provider.accelerator === "tcg"
      ? note(
          "The machines' processors were emulated (QEMU's TCG): computing takes many times as long as on real ones.",
          false,
        )
      : "",
  ];
  return `<div class="head"><h1>${escape(testbed.name)}</h1><span class="badge ${outcome.kind}">${kinds[outcome.kind]}</span></div>
<p class="lead">${escape(`${benchmark.workload} · ${load}, ${times} · ${date}`)}</p>
${notes.join("")}`;
}

const note = (text: string, failed: boolean): string =>
  `<p class="note${failed ? " failed-note" : ""}">${escape(text)}</p>`;

function testbedCaption({ network }: Report): string {
  return network.length === 0
    ? "Each link with its one-way latency and rate. The network was not measured."
    : "Each link with its one-way latency and rate as wanted; below it the round trip and the rate as measured.";
}

function figures(report: Report, photos: readonly Photo[]): string[] {
  const faults = (report.benchmark.faults ?? []).length > 0;
  const overTime = `One dot a photo, from its intended send time to the label's arrival; of very many, the lowest and highest of each moment. A rising line means that the system did not keep up.${faults ? " Shaded: while something went wrong, as asked for." : ""}`;
  return [
    part("Latency over time", () => section("Latency over time", overTime, latencyOverTime(photos, report.benchmark))),
    part("Distribution", () =>
      section("Distribution", "Share of the photos that took at most so long; warm-up left out.", distribution(photos)),
    ),
    part("Where the time goes", () =>
      report.breakdown.length > 0
        ? section(
            "Where the time goes",
            "Mean parts of the way: network in blue, queue in orange, processing in green.",
            breakdownBars(report.breakdown),
          )
        : "",
    ),
    part("Latencies", () => latencySection(report)),
    part("Worker and endpoint", () => continuumSection(report)),
  ];
}

function provenanceSection({ provenance, benchmark, testbed, startedAt, endedAt, samples }: Report): string {
  const { host, versions } = provenance;
  const entries: [string, string][] = [
    ["Run", `${startedAt} to ${endedAt}`],
    ["Testbed", `${testbed.provider.kind}, host ${testbed.provider.host}, SHA-256 ${provenance.testbedHash}`],
    ["Machine image", provenance.image],
    [
      "Processor of the machines",
      provenance.accelerator === "kvm" ? "hardware-accelerated (KVM)" : "emulated (QEMU's TCG)",
    ],
    [
      testbed.provider.host === "remote" ? "Host of the runner" : "Host",
      `${host.cpu}, ${host.cores} cores, ${host.memoryGiB} GiB, Linux ${host.kernel}`,
    ],
    ["Strata", `${provenance.strata}${provenance.commit === undefined ? "" : `, commit ${provenance.commit}`}`],
    ["Model", provenance.model ?? "not known"],
    [
      "Versions",
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ["TCP slow start after idle", benchmark.tcpSlowStartAfterIdle ? "on (Linux's default)" : "off"],
    [
      "Samples",
      `samples.csv: ${samples.photos} photos, ${samples.answered} answered, ${samples.warmup} of the warm-up; raw/: as recorded`,
    ],
  ];
  return section("Provenance", "What these figures were measured with.", definitions(entries));
}
