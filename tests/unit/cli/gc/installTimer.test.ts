import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installTimer, unitsHere } from "../../../../cli/gc/installTimer.ts";
import { placeHere } from "../../../../local/place.ts";

const before = { ...process.env };
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "strata-timer-"));
  mkdirSync(join(root, "bin"));
  Object.assign(process.env, {
    XDG_CONFIG_HOME: root,
    PATH: `${root}/bin:${before.PATH}`,
    STRATA_STATE: join(root, "state"),
  });
});
afterEach(() => {
  for (const name of ["XDG_CONFIG_HOME", "PATH", "STRATA_STATE"]) {
    if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before[name];
  }
  rmSync(root, { recursive: true });
});

/** Stands for systemd's: notes how it was called. */
const systemctl = (status: number): void => {
  const text = `#!/bin/sh\necho "$@" >>${root}/called\necho no bus >&2\nexit ${status}\n`;
  writeFileSync(join(root, "bin/systemctl"), text, { mode: 0o755 });
};

test("the units are among the user's own, by this state directory's place, and the timer runs", async () => {
  systemctl(0);
  await installTimer();
  const name = `strata-gc-${placeHere()}`;
  const directory = join(root, "systemd/user");
  expect(readdirSync(directory).sort()).toEqual([`${name}.service`, `${name}.timer`]);
  for (const [file, text] of Object.entries(unitsHere()))
    expect(readFileSync(join(directory, file), "utf8")).toBe(text);
  expect(readFileSync(join(directory, `${name}.service`), "utf8")).toContain(`STRATA_STATE=${join(root, "state")}"`);
  expect(readFileSync(join(root, "called"), "utf8")).toBe(`--user daemon-reload\n--user enable --now ${name}.timer\n`);
});

test("without a systemd of the user's, what is to be done is said", async () => {
  systemctl(1);
  await expect(installTimer()).rejects.toThrow(
    /^the units are in .*systemd\/user, but systemd did not start them \([^]*no bus[^]*\); log in so that .* systemctl --user enable --now strata-gc-/,
  );
});
