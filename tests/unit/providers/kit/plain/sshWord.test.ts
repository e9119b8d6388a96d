import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sshOption, sshPath, sshPattern } from "../../../../../providers/kit/plain/sshWord.ts";

const directory = mkdtempSync(join(tmpdir(), "strata-ssh-word-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

test.each(["with space", "#1", "100%2F", "what?", `'q"`, "ü", "[a]*", String.raw`back\slash`, "a,b=c;d&e|f"])(
  "ssh itself reads a path with %p as it is, in configuration and options",
  (name) => {
    const folder = join(directory, name);
    mkdirSync(join(folder, "machines"), { recursive: true });
    writeFileSync(join(folder, "machines/one.conf"), "Host one\n  HostName 192.0.2.7\n");
    writeFileSync(
      join(folder, "config"),
      `Include ${sshPattern(folder, "/machines/*.conf")}\nHost *\n  UserKnownHostsFile ${sshPath(join(folder, "known"))}\n`,
    );
    const read = (...options: string[]): string[] =>
      execFileSync("ssh", ["-G", "-F", join(folder, "config"), ...options, "one"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).split("\n");
    expect(read()).toEqual(
      expect.arrayContaining(["hostname 192.0.2.7", `userknownhostsfile ${join(folder, "known")}`]),
    );
    expect(read("-o", `UserKnownHostsFile=${sshOption(join(folder, "other"))}`)).toContain(
      `userknownhostsfile ${join(folder, "other")}`,
    );
  },
);
