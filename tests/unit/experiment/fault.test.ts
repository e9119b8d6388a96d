import { loadTestbed } from "../../../components/experiment/whole/load.ts";
import { formatProblem } from "../../../components/experiment/problem.ts";

const load = (faults: string, links = "{ preset: 4g }", edge = 1) =>
  loadTestbed(`tiers: { cloud: { count: 1 }, edge: { count: ${edge} }, endpoint: { count: 1 } }
links: ${links}
software: [{ kind: mqtt, on: cloud }]
benchmark:
  workload: image-classification
  broker: cloud
  duration: 60 s
  faults:
${faults}
`);

const problems = (...args: Parameters<typeof load>): string[] => {
  const loaded = load(...args);
  return (loaded.ok ? loaded.warnings : loaded.problems).map((one) => `${one.line ?? "-"}: ${formatProblem(one)}`);
};

test("faults as the plan has them; a link's tiers in either order", () => {
  const loaded = load(`    - { kind: link-down, link: endpoint-cloud, at: 10 s, duration: 500 ms }
    - { kind: partition, tier: edge, at: 0 s, duration: 1 min }
    - { kind: loss-burst, link: cloud-edge, loss: 20 %, at: 5 s, duration: 5 s }
    - { kind: latency-step, link: cloud-edge, latency: 100 ms, at: 5 s, duration: 5 s }`);
  expect(loaded.ok && loaded.spec.benchmark?.faults).toEqual([
    { kind: "link-down", link: "cloud-endpoint", atS: 10, durationS: 0.5 },
    { kind: "partition", tier: "edge", atS: 0, durationS: 60 },
    { kind: "loss-burst", link: "cloud-edge", lossPercent: 20, atS: 5, durationS: 5 },
    { kind: "latency-step", link: "cloud-edge", addedMs: 100, atS: 5, durationS: 5 },
  ]);
});

test("what can't happen is refused, all at once", () => {
  expect(
    problems(
      `    - { kind: link-down, link: edge-endpoint, at: 10 s, duration: 0 s }
    - { kind: link-down, link: cloud-cloud, at: 10 s, duration: 5 s }
    - { kind: partition, tier: endpoint, at: 50 s, duration: 20 s }
    - { kind: loss-burst, link: cloud-endpoint, loss: 0 %, at: 10 s, duration: 5 s }
    - { kind: latency-step, link: cloud-endpoint, latency: 0 ms, at: 10 s, duration: 5 s }`,
      "{ cloud-endpoint: { latency: 1 ms } }",
    ),
  ).toEqual([
    '9: benchmark.faults[0].duration: a fault of 0 s does not happen; write for example "5 s"',
    '9: benchmark.faults[0].link: edge-endpoint is not emulated; give links.edge-endpoint a value, for example "{ latency: 1 ms }", or a preset',
    "10: benchmark.faults[1].link: there are no two machines between which this could happen; name a link whose tiers have machines, or remove the fault",
    "11: benchmark.faults[2].duration: the fault ends 70 s after the start of measuring, which lasts 60 s; let it end before, or measure longer (benchmark.duration)",
    '11: benchmark.faults[2].tier: edge-endpoint is not emulated; give links.edge-endpoint a value, for example "{ latency: 1 ms }", or a preset',
    "12: benchmark.faults[3].loss: the fault changes nothing; write more than 0, or remove the fault",
    "13: benchmark.faults[4].latency: the fault changes nothing; write more than 0, or remove the fault",
  ]);
  expect(problems("    - { kind: partition, tier: edge, at: 1 s, duration: 1 s }", "{ preset: 4g }", 0)).toHaveLength(
    1,
  );
  expect(problems("    - { kind: lik-down, link: cloud-edge, at: 1, duration: 1 s }")).toEqual([
    '9: benchmark.faults[0].kind: "lik-down" is not a known kind; did you mean "link-down"?',
  ]);
  expect(problems("    - { kind: link-down, link: cloud-egde, at: 1, duration: 1 s }")).toHaveLength(2);
});
