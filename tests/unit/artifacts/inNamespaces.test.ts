import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNamespaces } from "../../../artifacts/machine-image/inNamespaces.ts";
import { withLock } from "../../../local/lock.ts";
import { describeUnless } from "../../support/describeUnless.ts";

describeUnless(
  process.getuid?.() === 0 ? undefined : "only root may ask for namespaces without a password",
  "a script in namespaces",
  () => {
    test("has the open files up to 9, which are all that dash knows, for itself, however many locks the command holds", async () => {
      const directory = mkdtempSync(join(tmpdir(), "namespaces-"));
      const script = join(directory, "script.sh");
      writeFileSync(script, 'for file in /proc/self/fd/[3-9]; do readlink "$file"; done | grep -c lock > "$1"\ntrue\n');
      const run = async (locks: number): Promise<void> => {
        if (locks > 0) {
          const lock = { doing: "tests", limitSeconds: 10 };
          return withLock(join(directory, `${locks}.lock`), lock, () => run(locks - 1));
        }
        const task = { what: "listing open files", script, args: [join(directory, "found")], environment: {} };
        await runInNamespaces({ ...task, directory, limitSeconds: 60 });
      };
      try {
        await run(7);
        expect(readFileSync(join(directory, "found"), "utf8")).toBe("0\n");
      } finally {
        rmSync(directory, { recursive: true });
      }
    });
  },
);
