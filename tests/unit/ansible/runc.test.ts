// What stands before runc on an emulated node, with a program in runc's place that says how late its timers may be.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const directory = mkdtempSync(join(tmpdir(), "runc-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const template = join(import.meta.dirname, "../../../ansible/roles/containerd/templates/runc.j2");
const wrapper = join(directory, "wrapper");
writeFileSync(wrapper, readFileSync(template, "utf8"), { mode: 0o755 });
mkdirSync(join(directory, "bin"));
writeFileSync(join(directory, "bin/runc"), '#!/bin/sh\ncat /proc/self/timerslack_ns\necho "$*"\n', { mode: 0o755 });

/** As the shim has it: started where timers may be 50 ms late. @returns how late they may be, and what runc was told. */
function runc(...args: string[]): string[] {
  const late = 'echo 50000000 > /proc/self/timerslack_ns && exec "$@"';
  const env = { PATH: `${join(directory, "bin")}:${process.env.PATH ?? ""}` };
  return execFileSync("sh", ["-c", late, "sh", wrapper, ...args], { env, encoding: "utf8" }).trim().split("\n");
}

function bundle(namespace: string): string {
  const path = join(directory, namespace);
  mkdirSync(path);
  const annotations = {
    "io.kubernetes.cri.container-name": "kube-lookalike",
    "io.kubernetes.cri.sandbox-namespace": namespace,
  };
  writeFileSync(join(path, "config.json"), JSON.stringify({ ociVersion: "1.2.0", annotations }));
  return path;
}

test.each(["kube-system", "kube-flannel"])("timers of pods in %s may stay late", (namespace) => {
  const args = ["--root", "/run/r", "create", "--bundle", bundle(namespace), "--pid-file", "/p", "id"];
  expect(runc(...args)).toEqual(["50000000", args.join(" ")]);
});

test.each(["strata", "default", "my-kube-system"])("timers of pods in %s are exact", (namespace) => {
  expect(runc("create", "--bundle", bundle(namespace), "id")[0]).toBe("50000");
});

test("what is started in a container later, and a bundle that is not there, have exact timers", () => {
  expect(runc("exec", "--process", "/p", "id", "a word")).toEqual(["50000", "exec --process /p id a word"]);
  expect(runc("create", "--bundle", join(directory, "none"), "id")[0]).toBe("50000");
});
