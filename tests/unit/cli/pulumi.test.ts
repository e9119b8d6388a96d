import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { until } from "../../support/until.ts";

const groups: number[] = [];
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pulumi-"));
  for (const name of ["bin", "tmp"]) mkdirSync(join(directory, name));
  const stub = join(directory, "bin/pulumi");
  writeFileSync(stub, engine);
  chmodSync(stub, 0o755);
});
afterEach(() => {
  for (const group of groups.splice(0)) {
    try {
      process.kill(-group, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** What stands for the engine: it takes a moment to end in order, and leaves all as it is when it is told again. */
const engine = `#!/bin/sh
[ "$1" != version ] || { echo v3.999.0; exit; }
trap 'trap "echo at once >>$STRATA_STATE/ends; exit 9" INT TERM; echo told; sleep \${ENDING_SECONDS:-1}; echo rest; echo in order >>$STRATA_STATE/ends; exit 5' INT TERM
echo runs
while :; do echo works; sleep 0.1; done
`;

interface Started {
  command: ChildProcess;
  printed: () => string;
}

async function start(endingSeconds = 1): Promise<Started> {
  const path = (name: string): string => JSON.stringify(join(import.meta.dirname, "../../../cli", name));
  const script = `
    const { quietly } = await import(${path("terminal/closedOutput.ts")});
    quietly();
    const { asOwner } = await import(${path("testbed/owner.ts")});
    const { runPulumi } = await import(${path("pulumi/run.ts")});
    console.log("status", await asOwner("up", "lab", () => runPulumi(["up"])));`;
  const command = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    env: {
      ...process.env,
      NODE_OPTIONS: "",
      ENDING_SECONDS: String(endingSeconds),
      PATH: [join(directory, "bin"), process.env.PATH].join(delimiter),
      STRATA_STATE: join(directory, "state"),
      TMPDIR: join(directory, "tmp"),
    },
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  groups.push(command.pid!);
  let printed = "";
  command.stdout.on("data", (text: Buffer) => (printed += text.toString()));
  await until("the engine to run", 60_000, () => printed.includes("runs"));
  return { command, printed: () => printed };
}

const ends = (): string => {
  const file = join(directory, "state/ends");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s to the whole group, as from a terminal: the engine ends in order, and the command after it",
  async (signal) => {
    const { command, printed } = await start();
    const ended = once(command, "close");
    process.kill(-command.pid!, signal);
    // A wrapper passes it on as well, and a service manager sends another one.
    process.kill(command.pid!, signal);
    process.kill(command.pid!, "SIGTERM");
    await ended;
    expect(printed()).toMatch(/^runs\n(works\n)*told\nrest\nstatus 130\n$/);
    expect(ends()).toBe("in order\n");
    expect(readdirSync(join(directory, "tmp"))).toEqual([]);
    expect(readdirSync(join(directory, "state/locks"))).toEqual([]);
  },
);

test("an engine that ends by itself keeps its own status", async () => {
  writeFileSync(
    join(directory, "bin/pulumi"),
    engine.replace("while :; do echo works; sleep 0.1; done", "sleep 2; exit 7"),
  );
  const { command, printed } = await start();
  await once(command, "close");
  expect(printed()).toBe("runs\nstatus 7\n");
});

test("Ctrl-C once more, later, ends the engine at once", async () => {
  const { command, printed } = await start(10);
  const ended = once(command, "close");
  process.kill(command.pid!, "SIGINT");
  await until("the engine to be told", 60_000, () => printed().includes("told"));
  // Sooner, it would be taken for the same one.
  await new Promise((resolve) => setTimeout(resolve, 700));
  process.kill(command.pid!, "SIGINT");
  await ended;
  expect(ends()).toBe("at once\n");
});

// More than once: each of the killed command's threads might have told the engine.
test("killed alone, it takes the engine along, in order; the next command waits for that", async () => {
  let again = await start();
  for (const times of [1, 2, 3, 4, 5]) {
    process.kill(-again.command.pid!, "SIGKILL");
    again = await start();
    expect(ends()).toBe("in order\n".repeat(times));
  }
  const ended = once(again.command, "close");
  process.kill(again.command.pid!, "SIGINT");
  await ended;
  expect(again.printed()).toMatch(/\nstatus 130\n$/);
});

test("a reader that ends before it (| head, a closed terminal) ends nothing in the middle", async () => {
  const { command } = await start();
  const ended = once(command, "exit");
  command.stdout?.destroy();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(command.exitCode).toBeNull();
  process.kill(-command.pid!, "SIGINT");
  expect(await ended).toEqual([0, null]);
  expect(ends()).toBe("in order\n");
});
