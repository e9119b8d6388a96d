import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timerUnits } from "../../../../cli/gc/timer.ts";
import { findExecutable } from "../../../../setup/executables.ts";

const place = "1f2e3d4c";

test("the two units, word for word", () => {
  expect(timerUnits(place, "/home/ada/strata/strata", { STRATA_STATE: "/home/ada/strata/.strata" })).toEqual({
    "strata-gc-1f2e3d4c.service": `[Unit]
Description=Strata: takes away what has outlived its lease, and old parts of the cache

[Service]
Type=oneshot
Environment="STRATA_STATE=/home/ada/strata/.strata"
ExecStart="/home/ada/strata/strata" gc --yes
Nice=19
# The embedded host, which it may have to start, goes on.
KillMode=process
`,
    "strata-gc-1f2e3d4c.timer": `[Unit]
Description=Strata: looks each hour for what has outlived its lease

[Timer]
OnCalendar=hourly
RandomizedDelaySec=300
Persistent=true

[Install]
WantedBy=timers.target
`,
  });
});

test("what means something to systemd means nothing in a path", () => {
  const { [`strata-gc-${place}.service`]: service } = timerUnits(place, '/a b/50%/$HOME/"x"\\y', { A: "%h" });
  expect(service).toContain('ExecStart="/a b/50%%/$HOME/\\"x\\"\\\\y" gc --yes\n');
  expect(service).toContain('Environment="A=%%h"\n');
});

describe("as systemd reads them", () => {
  const directory = mkdtempSync(join(tmpdir(), "strata timer 5% "));
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  test("they are right, or, without systemd, made of sections and settings", () => {
    const strata = join(directory, "bin $x", "strata");
    mkdirSync(join(directory, "bin $x"));
    writeFileSync(strata, "#!/bin/sh\n", { mode: 0o755 });
    const units = timerUnits(place, strata, { PATH: process.env.PATH ?? "", STRATA_STATE: `${directory}/"s"` });
    for (const [name, text] of Object.entries(units)) {
      writeFileSync(join(directory, name), text);
      expect(text.replaceAll(/^(\[[A-Z]\w+\]|[A-Z]\w+=.+|#.*|)\n/gm, "")).toBe("");
    }
    if (findExecutable("systemd-analyze") === undefined) return;
    const files = Object.keys(units).map((name) => join(directory, name));
    const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--user", ...files], {
      encoding: "utf8",
      env: { ...process.env, XDG_RUNTIME_DIR: directory },
    });
    expect([status, stdout, stderr.split("\n").filter((line) => line.includes("strata-gc"))]).toEqual([0, "", []]);
  });
});
