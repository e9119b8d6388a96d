import { bridgeProblems, limitProblems } from "../../../../../components/libvirt/plan/limits.ts";
import { formatProblem } from "../../../../../components/experiment/problem.ts";

const machines = Array.from({ length: 1000 }, () => ({ cpus: 1 }));
const shown = (problems: Parameters<typeof formatProblem>[0][]): string[] =>
  problems.map((problem) => formatProblem(problem));

test("a host whose limits suffice, or that sets none, has nothing to say", () => {
  expect(limitProblems(machines, { threads: 9000, openFiles: 4200, neighbours: 1064 })).toEqual([]);
  expect(limitProblems(machines, {})).toEqual([]);
});

test("every limit that is too low is told at once, with what to set", () => {
  expect(shown(limitProblems(machines, { threads: 8999, openFiles: 4199, neighbours: 1063 }))).toEqual([
    "tiers: 1000 machines need 8000 threads (one a core and 7 more each), with 1000 for all else, the host allows 8999; raise the limit that is least: sysctl kernel.threads-max, kernel.pid_max (9000), or pids.max of the control group (systemd: TasksMax), or use fewer machines (count)",
    "tiers: 1000 machines need 4000 open files in libvirt's daemon (4 each), with 200 for all else, the host allows 4199; raise the limit for whoever starts it: ulimit -Hn 4200, or use fewer machines (count)",
    "tiers: 1000 machines need 1000 entries in the kernel's table of neighbours, with 64 for all else, the host allows 1063; make it larger: sudo sysctl net.ipv4.neigh.default.gc_thresh3=1064, or use fewer machines (count)",
  ]);
});

test("a bridge has 1023 ports for machines", () => {
  expect(bridgeProblems(1023, "one host", "tiers")).toEqual([]);
  expect(shown(bridgeProblems(1024, "one host", "tiers"))).toEqual([
    "tiers: 1024 machines on one host, whose bridge has ports for 1023; use fewer machines (count), or more hosts (provider.hosts)",
  ]);
});
