import { processorOf, reachOf } from "../../../components/contract/capabilities.ts";
import { messageOf } from "../../../providers/kit/plain/errors.ts";
import type { Workload } from "../../workload.ts";
import { testbedGraph } from "../charts/testbedGraph.ts";
import { escape } from "../format.ts";
import type { Report } from "../schema.ts";
import { startText } from "../spread.ts";
import { outcomeSentence } from "../textTables.ts";
import type { PagePart } from "../workloadReport.ts";
import { cards } from "./cards.ts";
import { phaseSection, podSection } from "./cluster.ts";
import { definitions, section } from "./html.ts";
import { style } from "./style.ts";
import { clockSection, networkSection, repetitionSection, spreadSection, thresholdSection } from "./tables.ts";
import { timelineSection } from "./timeline.ts";

type Told = Pick<Workload, "metrics" | "report">;

/**
 * The report as one HTML file that loads nothing and runs no script. A part that can't be drawn says so in its place.
 * @param samples of all repetitions, the workload's.
 */
export function reportPage(report: Report, samples: readonly unknown[], workload: Told): string {
  const told = workload.report;
  const content = [
    part("The head", () => header(report, workload)),
    part("The first figures", () => {
      const shown = told.cards(report);
      return shown.length > 0 ? cards(shown) : "";
    }),
    part("Thresholds", () => thresholdSection(report)),
    part("Testbed", () =>
      section(
        "Testbed",
        testbedCaption(report),
        testbedGraph(report, (tier) => told.partsOn(tier, report)),
      ),
    ),
    ...drawn(() => told.parts(report, samples).figures),
    part("Links", () => networkSection(report)),
    part("Traces and faults", () => timelineSection(report)),
    part("Repetitions", () =>
      report.repetitions.length > 0 ? repetitionSection(report, told.repetitions(report)) : "",
    ),
    part("Spread of repetitions", () => spreadSection(report, workload.metrics)),
    part("Pods", () => podSection(report)),
    ...drawn(() => told.parts(report, samples).appendix),
    part("Clocks", () => (report.repetitions.length > 0 ? clockSection(report) : "")),
    part("Building the testbed", () => phaseSection(report)),
    part("Provenance", () => provenanceSection(report, workload)),
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

/** A workload's own parts. */
const drawn = (parts: () => PagePart[]): string[] => parts().map(({ title, draw }) => part(title, draw));

function part(title: string, draw: () => string): string {
  try {
    return draw();
  } catch (error) {
    return note(`${title} could not be drawn: ${messageOf(error)}`, true);
  }
}

function header(report: Report, workload: Told): string {
  const { outcome, testbed, benchmark, startedAt } = report;
  const load = workload.report.load(benchmark);
  const start = benchmark.startFrom === undefined ? "" : `, ${startText(benchmark)}`;
  const times = benchmark.repetitions === 1 ? "once" : `${benchmark.repetitions} times${start}`;
  const date = `${startedAt.slice(0, 16).replace("T", " ")} UTC`;
  const kinds = {
    completed: "completed",
    "not-sustained": "not sustained",
    failed: "failed",
    interrupted: "interrupted",
  };
  const notes = [
    outcome.kind === "completed" ? "" : note(outcomeSentence(report, workload), outcome.kind === "failed"),
    ...(outcome.kind === "failed" ? [] : (report.problems ?? []).map((problem) => note(problem, true))),
    report.repetitions.some(({ clocks }) => Object.values(clocks).some(({ stepMs }) => stepMs !== 0))
      ? note("A machine's clock was set during the run: uplink, downlink and delay mean nothing.", true)
      : "",
    report.calibration ? note(workload.report.calibrated?.(report.calibration) ?? "", false) : "",
    processorOf(testbed) === "emulated"
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

const processors = {
  kvm: "hardware-accelerated (KVM)",
  tcg: "emulated (QEMU's TCG)",
  own: "as the infrastructure has them",
};

const starts = {
  prepared: "as copies of one of their shape, saved with its memory, where they could",
  cold: "each booted by itself",
} as const;

function infrastructureText({ provider: { kind, host } }: Report["testbed"]): string {
  return host === undefined ? kind : `${kind}, host ${host}`;
}

function provenanceSection(report: Report, workload: Told): string {
  const { provenance, testbed, startedAt, endedAt } = report;
  const { software, settings } = workload.report.provenance(report);
  const { host, versions } = provenance;
  const entries: [string, string][] = [
    ["Run", `${startedAt} to ${endedAt}`],
    ["Testbed", `${infrastructureText(testbed)}, SHA-256 ${provenance.testbedHash}`],
    ["Machine image", provenance.image],
    ["Processor of the machines", processors[provenance.accelerator ?? "own"]],
    ...(testbed.boot === undefined ? [] : [["Start of the machines", starts[testbed.boot]] as [string, string]]),
    [
      reachOf(testbed) === "network" ? "Host" : "Host of the runner",
      `${host.cpu}, ${host.cores} cores, ${host.memoryGiB} GiB, Linux ${host.kernel}`,
    ],
    ["Strata", `${provenance.strata}${provenance.commit === undefined ? "" : `, commit ${provenance.commit}`}`],
    ...software,
    [
      "Versions",
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ...settings,
    ["Samples", `${workload.report.counted(report)}; raw/: as recorded`],
  ];
  return section("Provenance", "What these figures were measured with.", definitions(entries));
}
