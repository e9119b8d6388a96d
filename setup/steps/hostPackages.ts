import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { hasCommand, hostPackages, missingPackages, testPackages, type HostPackage } from "../hostPackages.ts";
import { runCommand } from "../runCommand.ts";
import type { Finding, Report, Step } from "../step.ts";

const lists = "/var/lib/apt/lists";

/** Package lists older than this may name packages that the mirrors have no longer. */
const listsLimitMs = 24 * 3_600_000;

const aptLimitMs = 30 * 60_000;

export const hostPackagesStep = packagesStep("host packages", [], hostPackages);

/** Not among setup's own steps: `strata test` adds it. */
export const testPackagesStep = packagesStep("test packages", [hostPackagesStep.name], testPackages);

function packagesStep(name: string, needs: readonly string[], packages: readonly HostPackage[]): Step {
  return {
    name,
    title: name,
    needs,
    check: () => Promise.resolve(check(packages)),
    do: (report, signal) => install(packages, report, signal),
    needsRoot: true,
    question: () => Promise.resolve(`Install these packages with apt-get: ${names(packages).join(" ")}?`),
  };
}

function check(packages: readonly HostPackage[]): Finding {
  const missing = names(packages);
  if (missing.length === 0) return { state: "ready", detail: `all ${packages.length} are there` };
  return { state: "missing", detail: `missing: ${missing.join(", ")}`, fix: fix(packages) };
}

function fix(packages: readonly HostPackage[]): string {
  if (hasCommand("apt-get")) return "Run ./strata setup.";
  const wanted = missingPackages(packages).map(({ name, purpose }) => `${name} (${purpose})`);
  return `This is neither Debian nor Ubuntu: install what your distribution calls ${wanted.join(", ")}.`;
}

async function install(packages: readonly HostPackage[], report: Report, signal: AbortSignal): Promise<void> {
  if (!hasCommand("apt-get")) throw new Error(fix(packages));
  const options = { limitMs: aptLimitMs, signal };
  if (listsAreStale()) {
    report({ phase: "download", text: "updating package lists" });
    await apt(["update", "--quiet"], options);
  }
  const wanted = names(packages);
  const counts = { done: 0, total: wanted.length, unit: "packages" } as const;
  const installing = { phase: "install", text: "installing" } as const;
  report({ ...installing, detail: `${wanted.length} packages`, counts });
  await apt(["install", "--yes", "--quiet", "--no-install-recommends", ...wanted], {
    ...options,
    onLine: (line) => {
      const step = /^(Get:\d+|Unpacking|Setting up)\s+(\S+)/.exec(line);
      if (step === null) return;
      const detail = step[0].startsWith("Get") ? line.replace(/^Get:\d+ \S+ /, "fetching ") : step[0];
      report({ ...installing, detail });
    },
  });
}

async function apt(args: string[], options: Omit<Parameters<typeof runCommand>[2], "env">): Promise<void> {
  // Someone else's apt-get (unattended upgrades at boot, say) is waited for.
  const command = ["apt-get", "-o", "DPkg::Lock::Timeout=300", ...args];
  const root = process.getuid?.() === 0;
  // sudo drops the environment, so the setting goes through env. Never asks here: that was done before the steps ran.
  const full = root ? command : ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", ...command];
  await runCommand(full[0] ?? "", full.slice(1), { ...options, env: { DEBIAN_FRONTEND: "noninteractive" } });
}

function listsAreStale(): boolean {
  if (!existsSync(lists)) return true;
  const times = readdirSync(lists)
    .filter((name) => /_(In)?Release$|_Packages/.test(name))
    .map((name) => statSync(join(lists, name)).mtimeMs);
  // apt keeps the mirror's time on the lists; the folder `partial` is touched by every update.
  const partial = join(lists, "partial");
  const updated = existsSync(partial) ? statSync(partial).mtimeMs : 0;
  return times.length === 0 || Date.now() - Math.max(updated, ...times) > listsLimitMs;
}

function names(packages: readonly HostPackage[]): string[] {
  return missingPackages(packages).map(({ name }) => name);
}
