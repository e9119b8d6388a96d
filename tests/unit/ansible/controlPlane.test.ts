// What the control plane's command does when kubeadm fails, with programs that stand in for Kubernetes' own.
import { execa } from "execa";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { said } from "../../support/kubernetes/passingSamples.ts";

const template = join(
  import.meta.dirname,
  "../../../ansible/roles/kubernetes_control/templates/control-plane.sh.j2",
);
let directory: string;
let script: string;

/** The command, its files in the test's directory, its waits short. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "control-plane-"));
  script = readFileSync(template, "utf8")
    .replaceAll(/\{\{.*?\}\}/g, "none")
    .replaceAll(/\/(etc|var\/log|var\/lib)\//g, `${directory}/$1/`);
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  for (const part of ["etc", "var", "bin"]) rmSync(join(directory, part), { recursive: true, force: true });
  for (const part of ["etc/strata", "etc/kubernetes/manifests", "var/log", "bin"]) {
    mkdirSync(join(directory, part), { recursive: true });
  }
  program("sleep", "");
  program("date", "echo 0");
  program("kubectl", 'echo "kubectl $*" >> $D/calls; echo yes');
});

function program(name: string, text: string): void {
  const file = join(directory, "bin", name);
  writeFileSync(file, `#!/bin/sh\nD=${directory}/bin\n${text}\n`);
  chmodSync(file, 0o755);
}

/** A kubeadm whose first calls fail with these words, one each. */
function kubeadm(...failures: string[]): void {
  writeFileSync(join(directory, "bin/failures"), failures.map((text) => `${text}\n`).join(""));
  program(
    "kubeadm",
    `echo "kubeadm $*" >> $D/calls
touch ${directory}/etc/kubernetes/manifests/kube-apiserver.yaml
echo own | tee ${directory}/etc/kubernetes/admin.conf > ${directory}/etc/kubernetes/super-admin.conf
[ -s $D/failures ] || exit 0
head -n 1 $D/failures >&2; sed -i 1d $D/failures; exit 1`,
  );
}

function controlPlane(...args: string[]): { status: number | null; stdout: string; stderr: string; calls: string[] } {
  rmSync(join(directory, "bin/calls"), { force: true });
  const env = { PATH: `${join(directory, "bin")}:${process.env.PATH ?? ""}` };
  const { status, stdout, stderr } = spawnSync("sh", ["-s", ...args], { input: script, encoding: "utf8", env });
  const file = join(directory, "bin/calls");
  const calls = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  return { status, stdout, stderr, calls: calls.filter((call) => !call.includes("auth can-i")) };
}

test.each(said)("passing: %s, %s", (passing, text) => {
  const words = script.split("\n").filter((line) => line.startsWith("passing="));
  const look = `${words.join("\n")}\ngrep -qiE "$passing" && echo true || echo false`;
  expect(execFileSync("sh", ["-c", look], { input: text, encoding: "utf8" }).trim()).toBe(String(passing));
});

const init = (more = "") => `kubeadm init --config ${directory}/etc/strata/kubeadm.yaml --skip-token-print${more}`;
const again = () => init(" --skip-phases preflight");

test("a first start whose control plane was too slow is gone on with, and nothing is taken down", () => {
  kubeadm("error: wait-control-plane: context deadline exceeded", "etcdserver: request timed out");
  const { status, calls, stdout } = controlPlane("init", "0");
  expect(calls).toEqual([init(), again(), again()]);
  expect(stdout).toContain("changed: made the cluster");
  expect(status).toBe(0);
});

test("what kubeadm refuses for a reason ends at once, in its words", () => {
  kubeadm("[ERROR Swap]: running with swap on is not supported");
  const { status, calls, stderr } = controlPlane("init", "0");
  expect(calls).toEqual([init()]);
  expect(stderr).toContain("[ERROR Swap]");
  expect(status).toBe(1);
});

test("an API that never answers is not waited for for ever", () => {
  program("kubectl", 'echo "The connection to the server was refused" >&2; exit 1');
  kubeadm("context deadline exceeded");
  expect(controlPlane("init", "0")).toMatchObject({ status: 1, calls: [init()] });
});

test("a second run waits for the end of one that goes on, and has nothing to do", async () => {
  kubeadm();
  const text = readFileSync(join(directory, "bin/kubeadm"), "utf8");
  program("kubeadm", text.replace("#!/bin/sh\n", "").replace("[ -s", "/bin/sleep 1; [ -s"));
  const env = { PATH: `${join(directory, "bin")}:${process.env.PATH ?? ""}` };
  const runs = ["0", "0"].map((clock) => execa("sh", ["-s", "init", clock], { input: script, env }));
  const said = (await Promise.all(runs)).map(({ stdout }) => stdout.includes("changed: made the cluster"));
  expect(said.sort()).toEqual([false, true]);
  expect(readFileSync(join(directory, "bin/calls"), "utf8").match(/^kubeadm/gm)?.length).toBe(1);
});

test("an upgrade and a request are made again, when the administrator's own roles are known", () => {
  writeFileSync(join(directory, "etc/strata/control-plane"), "");
  writeFileSync(join(directory, "etc/kubernetes/admin.conf"), "own");
  kubeadm("the server was unable to return a response");
  expect(controlPlane("upgrade", "1.35.4")).toMatchObject({ status: 0, calls: [expect.anything(), expect.anything()] });
  program(
    "kubectl",
    `[ "$2" = ${directory}/etc/kubernetes/admin.conf ] && echo yes && exit; echo "kubectl $*" >> $D/calls
[ -e $D/once ] || { touch $D/once; echo "Error from server (Forbidden): User \\"kubernetes-admin\\" cannot get resource \\"pods\\"" >&2; exit 1; }`,
  );
  const { status, calls } = controlPlane("kubectl", "apply", "--filename", "x");
  expect(calls).toEqual(["kubectl apply --filename x", "kubectl apply --filename x"]);
  expect(status).toBe(0);
});
