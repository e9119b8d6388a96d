import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-pending-"));
  for (const name of ["bin", "tmp", "state/pulumi/.pulumi/stacks/strata"])
    mkdirSync(join(directory, name), { recursive: true });
  // What stands for the engine notes what it is asked for.
  const stub = join(directory, "bin/pulumi");
  writeFileSync(
    stub,
    `#!/bin/sh
[ "$1" != version ] || { echo v3.999.0; exit; }
echo "$*" >>${directory}/asked
case "$1 $2" in "stack export") echo exported;; "stack import") cat >${directory}/imported;; esac
`,
  );
  chmodSync(stub, 0o755);
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const urn = (type: string, name: string): string => `urn:pulumi:lab::strata::strata:Testbed$${type}::${name}`;
const disk = urn("libvirt:index/volume:Volume", "cloud-0-disk");
const host = urn("strata:host:Embedded", "host");
const shaping = urn("strata:net:Shaping", "cloud-0-shaping");
const software = urn("command:local:Command", "cloud-0-software");

/** What the engine is asked for by a function of cli/testbed/pending.ts, and what the user is told. */
function call(name: string, resources: string[], pending: string[]): { asked: string[]; said: string[] } {
  const operations = pending.map((one) => ({ type: "creating", resource: { urn: one } }));
  const latest = { resources: resources.map((one) => ({ urn: one })), pending_operations: operations };
  const file = join(directory, "state/pulumi/.pulumi/stacks/strata/lab.json");
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint: { latest } }));
  const module = JSON.stringify(join(import.meta.dirname, "../../../cli/testbed/pending.ts"));
  const script = `const pending = await import(${module}); await pending.${name}("lab");`;
  const said = execFileSync(
    "sh",
    ["-c", 'exec "$@" 2>&1', "sh", process.execPath, "--input-type=module", "--eval", script],
    {
      encoding: "utf8",
      env: {
        ...process.env,
        NODE_OPTIONS: "",
        PATH: [join(directory, "bin"), process.env.PATH].join(delimiter),
        STRATA_STATE: join(directory, "state"),
        TMPDIR: join(directory, "tmp"),
      },
    },
  );
  const lines = (text: string) => text.split("\n").filter((line) => line !== "");
  const asked = join(directory, "asked");
  return { asked: existsSync(asked) ? lines(readFileSync(asked, "utf8")) : [], said: lines(said) };
}

test("nothing pending: the engine is not asked", () => {
  expect(call("forgetTaken", [disk], [])).toEqual({ asked: [], said: [] });
  expect(call("finishPending", [disk], [])).toEqual({ asked: [], said: [] });
});

test("after an update, what was taken over is forgotten; what the experiment has no more is named", () => {
  expect(call("forgetTaken", [disk, host], [disk, host, shaping])).toEqual({
    asked: ["stack export --stack lab --non-interactive", "stack import --stack lab --non-interactive"],
    said: [
      "strata: 2 resources that a killed run had begun were taken over; the engine warns of them no more",
      "strata: it had also begun cloud-0-shaping, which the experiment does not have any more: look whether it is there, and remove it",
    ],
  });
  expect(readFileSync(join(directory, "imported"), "utf8")).toBe("exported");
});

test("before a destroy, what would stay outside of the machines is finished, and nothing else", () => {
  expect(call("finishPending", [host], [disk, shaping, software])).toEqual({
    asked: [`up --stack lab --yes --skip-preview --target ${disk}`],
    said: ["strata: a killed run had begun cloud-0-disk: that is finished first, so that it is removed with the rest"],
  });
  rmSync(join(directory, "asked"));
  expect(call("finishPending", [host], [shaping, software])).toEqual({ asked: [], said: [] });
});
