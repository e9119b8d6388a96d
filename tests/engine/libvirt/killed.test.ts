// The program runs as a user's does, in processes of its own: one in this process would end with its engine, in errors that
// jest takes for its own.
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../../../benchmarks/metrics/random.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { pulumiEnvironment } from "../../../setup/pulumi/environment.ts";
import { haltingImage } from "../../support/bootSector.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { isEngine, isPlugin, killProcesses, processesWith } from "../../support/killProcesses.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";
import { withoutMarks } from "../../support/marks.ts";
import { patient } from "../../support/patience.ts";
import { until } from "../../support/until.ts";

const root = join(import.meta.dirname, "../../..");
const qemu = "/usr/bin/qemu-system-x86_64";
const missing = existsSync(qemu) ? [] : [`not installed: ${qemu}`];
const engine = findEngine() ? [] : ["no Pulumi engine (./strata setup makes one)"];
const problem = libvirtdProblem() ?? [...missing, ...engine][0];

/** How the engine keeps its state, and what is killed: with a journal the command that keeps it, too. */
const ways = [
  { state: "in files", journal: false, victims: ["engine", "plugin", "all"] },
  { state: "in a journal", journal: true, victims: ["engine", "plugin", "journal", "all"] },
] as const;
describe.each(ways)("the engine's state $state", ({ journal, victims }) => {
  describeUnless(problem, "an update of six machines that run, killed", () => {
    const kills = Number(process.env.STRATA_KILLS ?? 4);
    const names = ["m-0", "m-1", "m-2", "m-3", "m-4", "m-5"];
    const all = 4 + 3 * names.length;
    let daemon: PrivateLibvirtd;
    let directory: string;

    beforeAll(async () => {
      daemon = await PrivateLibvirtd.start();
      directory = mkdtempSync(join(tmpdir(), "killed-"));
      for (const name of ["backend", "home"]) mkdirSync(join(directory, name));
      symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
      writeFileSync(join(directory, "package.json"), '{ "type": "module" }\n');
      writeFileSync(join(directory, "halt.img"), haltingImage());
      cpSync(join(import.meta.dirname, "sixMachines"), join(directory, "project"), { recursive: true });
      const file = join(directory, "project/Pulumi.yaml");
      writeFileSync(file, readFileSync(file, "utf8").replace("../../../../providers", join(root, "providers")));
      await pulumi("stack", "init", "test");
      const pool = join(daemon.directory, "pool");
      const settings = { "libvirt:uri": daemon.uri("qemu"), pool, image: join(directory, "halt.img") };
      for (const [key, value] of Object.entries(settings)) await pulumi("config", "set", key, value);
    });
    afterAll(async () => {
      await pulumi("destroy", "--yes", "--skip-preview");
      rmSync(directory, { recursive: true, force: true });
      await daemon.stop();
    });

    const home = (): string => join(directory, "home");
    const started = (...args: string[]): Promise<{ status: number | null; output: string }> => {
      const environment = {
        ...process.env,
        ...pulumiEnvironment(),
        ...{ NODE_OPTIONS: "", PULUMI_HOME: home(), STRATA_STATE: join(directory, "state") },
        ...{ PULUMI_BACKEND_URL: `file://${join(directory, "backend")}`, PULUMI_CONFIG_PASSPHRASE: "test" },
      };
      const pulumi = ["pulumi", ...args, "--non-interactive", "--color", "never"];
      const launcher = join(root, "tests/support/journaledPulumi.ts");
      const [command = "", ...words] =
        journal && /up|destroy/.test(args[0] ?? "")
          ? [process.execPath, launcher, join(directory, "backend"), "test", ...pulumi.slice(1)]
          : pulumi;
      const child = spawn(command, words, {
        ...{
          cwd: join(directory, "project"),
          env: environment,
          timeout: patient(10 * 60_000),
          killSignal: "SIGKILL" as const,
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (piece: Buffer) => {
          output += piece.toString();
        });
      }
      return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (status) => {
          resolve({ status, output });
        });
      });
    };
    const pulumi = async (...args: string[]): Promise<string> => {
      const { status, output } = await started(...args);
      if (status !== 0) throw new Error(`pulumi ${args.join(" ")} ended with status ${status}: ${output}`);
      return output;
    };
    const up = ["up", "--yes", "--skip-preview"];
    const isJournal = (command: string): boolean => command.includes("journaledPulumi.ts");
    const whose = { engine: isEngine, plugin: isPlugin("libvirt"), journal: isJournal, all: () => true };
    /** How many resources an update that has succeeded left, whatever it did to them. */
    const resources = (output: string): number =>
      [...output.matchAll(/^ {4}\D*(\d+) (?:created|updated|unchanged)$/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
    const expectWhole = async (): Promise<void> => {
      const virsh = (...args: string[]): Promise<string[]> => daemon.listed("qemu", ...args);
      expect(await virsh("list", "--all", "--name")).toEqual(names);
      expect(await virsh("list", "--name", "--state-running")).toEqual(names);
      const volumes = ["image", ...names.flatMap((name) => [`${name}-disk`, `${name}-seed`])].sort();
      expect(withoutMarks(await virsh("vol-list", "disks"))).toEqual(volumes);
      expect(await virsh("vol-list", "disks")).toHaveLength(2 * volumes.length);
      expect(await virsh("net-list", "--name")).toEqual(["net"]);
      // One QEMU each, and no other on its disk.
      const used = readdirSync("/proc")
        .filter((pid) => /^\d+$/.test(pid))
        .flatMap((pid) => {
          try {
            return [
              ...readFileSync(`/proc/${pid}/cmdline`, "utf8").matchAll(/"filename":"([^"]*)\/pool\/(m-\d)-disk"/g),
            ];
          } catch {
            return [];
          }
        });
      expect(
        used
          .filter(([, where]) => where === daemon.directory)
          .map(([, , name]) => name)
          .sort(),
      ).toEqual(names);
    };

    test(
      `at ${kills} seeded points, its engine, its plugin or all of it: the next one ends in the same state`,
      async () => {
        const begun = performance.now();
        expect(resources(await pulumi(...up))).toBe(all);
        let undisturbed = performance.now() - begun;
        await expectWhole();

        const next = seededRandom(20261127);
        for (let round = 0, tries = 0; round < kills; tries += 1) {
          expect(tries).toBeLessThan(10 * kills);
          await pulumi("destroy", "--yes", "--skip-preview");
          expect(await daemon.virsh("qemu", "list", "--all", "--name")).toBe("");
          const since = performance.now();
          const after = undisturbed * next();
          const who = victims[Math.floor(victims.length * next())]!;
          const killed = started(...up);
          await new Promise((resolve) => setTimeout(resolve, after));
          const count = killProcesses(`PULUMI_HOME=${home()}`, whose[who]);
          const { status } = await killed;
          // It had not started yet, or had ended: another moment. How long one takes changes with what else the host does.
          if (count === 0) {
            undisturbed = Math.min(undisturbed, performance.now() - since);
            continue;
          }
          round += 1;
          process.stderr.write(`round ${round}: ${who} killed after ${Math.round(after)} ms, status ${status}\n`);
          // As the command line does, by the lock that an engine has with it.
          if (who === "journal")
            await until("the engine to end", 120_000, () => processesWith(`PULUMI_HOME=${home()}`).length === 0);
          if (who !== "plugin" && !journal) await pulumi("cancel", "--yes");
          expect(resources(await pulumi(...up))).toBe(all);
          await expectWhole();
        }
        expect(await pulumi(...up)).toMatch(new RegExp(`^ {4}${all} unchanged$`, "m"));
      },
      patient((10 + 2 * kills) * 60_000),
    );
  });
});
