import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { lostStatus, supervise } from "../../../benchmarks/workloads/container/supervisor.ts";
import { until } from "../../support/until.ts";

/** Ends soon where there is no configuration. */
const program = resolve(
  import.meta.dirname,
  "../../../benchmarks/workloads/image-classification/container/worker/main.ts",
);

let directory: string;
let stop: AbortController;
let ended: Promise<void>;
const saved = process.env.STRATA_CONFIG;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-supervisor-"));
  // The worker of these tests ends soon: there is no broker's address for it.
  process.env.STRATA_CONFIG = join(directory, "none.json");
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await ended;
  rmSync(directory, { recursive: true });
  if (saved === undefined) delete process.env.STRATA_CONFIG;
  else process.env.STRATA_CONFIG = saved;
});

const begin = (): Promise<number> =>
  new Promise((onReady) => {
    ended = supervise({
      role: "worker",
      program,
      runsDirectory: directory,
      pod: "pod-a",
      port: 0,
      signal: stop.signal,
      onReady,
    });
  });

function give(run: string, pod: string, files: Record<string, string>): string {
  const folder = join(directory, run, pod);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

async function appears(file: string): Promise<string> {
  await until(`${file} to appear`, 60_000, () => existsSync(file), 50);
  return readFileSync(file, "utf8");
}

const config = JSON.stringify({ run: "r1", id: "pod-a", limitMs: 60_000 });

test("it says by HTTP that it waits, runs the worker for each run of its pod, and keeps status and log", async () => {
  const port = await begin();
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("waits for runs\n");
  const other = give("r1", "pod-b", { "worker.json": config });
  const own = give("r1", "pod-a", { "worker.json": config });
  expect(await appears(join(own, "worker.exit"))).toBe("1\n");
  const result = JSON.parse(readFileSync(join(own, "worker.result.json"), "utf8")) as { id: string; outcome: string };
  expect(result).toMatchObject({ id: "pod-a", outcome: "failed" });
  expect(readFileSync(join(own, "worker.log"), "utf8")).toContain("none.json");
  expect(existsSync(join(other, "worker.started"))).toBe(false);
  // A second run needs no new container.
  const second = give("r2", "pod-a", { "worker.json": config });
  expect(await appears(join(second, "worker.exit"))).toBe("1\n");
});

test("a run whose container was restarted under it is told as ended", async () => {
  const own = give("r1", "pod-a", { "worker.json": config, "worker.started": "" });
  await begin();
  expect(await appears(join(own, "worker.exit"))).toBe(`${lostStatus}\n`);
  expect(readFileSync(join(own, "worker.log"), "utf8")).toBe("the container was restarted during the run\n");
});

test("what has ended is not run again", async () => {
  const own = give("r1", "pod-a", { "worker.json": config, "worker.exit": "0\n" });
  await begin();
  // By the time that another run has ended it has looked at this one, too.
  const other = give("r2", "pod-a", { "worker.json": config });
  await appears(join(other, "worker.exit"));
  expect(existsSync(join(own, "worker.started"))).toBe(false);
});
