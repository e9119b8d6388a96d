import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { until } from "../../support/until.ts";

const directory = mkdtempSync(join(tmpdir(), "pulumi-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** What stands for the engine: it takes a moment to end in order, and leaves all as it is when it is told again. */
const engine = `#!/bin/sh
[ "$1" != version ] || { echo v3.999.0; exit; }
trap 'trap "exit 9" INT TERM; sleep 0.3; exit 5' INT TERM
echo runs
while :; do sleep 0.1; done
`;

test("Ctrl-C is the engine's: it ends what is under way, and the command ends after it", async () => {
  for (const name of ["bin", "tmp"]) mkdirSync(join(directory, name));
  const stub = join(directory, "bin/pulumi");
  writeFileSync(stub, engine);
  chmodSync(stub, 0o755);
  const module = join(import.meta.dirname, "../../../cli/pulumi.ts");
  const script = `const { runPulumi } = await import("${module}"); console.log("status", await runPulumi(["up"]));`;
  const command = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    env: {
      ...process.env,
      NODE_OPTIONS: "",
      PATH: [join(directory, "bin"), process.env.PATH].join(delimiter),
      STRATA_STATE: join(directory, "state"),
      TMPDIR: join(directory, "tmp"),
    },
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  command.stdout.on("data", (text: Buffer) => (printed += text.toString()));
  const ended = once(command, "close");
  await until("the engine to run", 20_000, () => printed.includes("runs"));
  // To the whole group, as a terminal does it.
  process.kill(-command.pid!, "SIGINT");
  await ended;
  expect(printed).toBe("runs\nstatus 5\n");
  expect(readdirSync(join(directory, "tmp"))).toEqual([]);
}, 30_000);
