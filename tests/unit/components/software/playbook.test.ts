import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { runPlaybook } from "../../../../components/software/playbook.ts";
import { until } from "../../../support/until.ts";

const directory = mkdtempSync(join(tmpdir(), "playbook-"));
const { PATH } = process.env;
const target = { stack: "lab", machine: "cloud-0", address: "10.73.0.1" };

/** What stands for Ansible. */
function ansible(script: string): void {
  const file = join(directory, "ansible-playbook");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

beforeAll(() => {
  process.env.PATH = [directory, PATH].join(delimiter);
});
afterAll(() => {
  process.env.PATH = PATH;
  rmSync(directory, { recursive: true });
});

test("its status is told with the machine and the roles", async () => {
  ansible("exit 2");
  await expect(runPlaybook(target, "phase.yml", {}, "roles base, mqtt")).rejects.toThrow(
    "cloud-0: Ansible ended with status 2 in roles base, mqtt; the failed task stands above",
  );
});

test("the lines that it prints are passed on", async () => {
  ansible("echo 'TASK [base : Clock]'; echo ok");
  const lines: string[] = [];
  await runPlaybook(target, "phase.yml", {}, "roles base", { onLine: (line) => lines.push(line) });
  expect(lines).toEqual(["TASK [base : Clock]", "ok"]);
});

test("when it is to end, what it started ends with it", async () => {
  const file = join(directory, "started");
  // As Ansible does it: a process of its own talks to the machine, and holds the output open.
  ansible(`sh -c 'touch ${file}; sleep 60; echo late' & wait`);
  const cancel = new AbortController();
  const running = runPlaybook(target, "phase.yml", {}, "roles base", { signal: cancel.signal });
  await until("it to start", 60_000, () => existsSync(file));
  const start = Date.now();
  cancel.abort();
  await expect(running).rejects.toThrow("cloud-0: Ansible was ended by SIGTERM in roles base");
  // Sooner than by itself.
  expect(Date.now() - start).toBeLessThan(60_000);
});
