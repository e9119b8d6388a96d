import type { Command } from "commander";

interface CommandFile {
  register: (program: Command) => void;
}

/** Every command, in the order in which help shows them. */
export const commands: Record<string, () => Promise<CommandFile>> = {
  quickstart: () => import("./quickstart.ts"),
  setup: () => import("./setup.ts"),
  doctor: () => import("./doctor.ts"),
  up: () => import("./up.ts"),
  preview: () => import("./preview.ts"),
  destroy: () => import("./destroy.ts"),
  bench: () => import("./bench.ts"),
  verify: () => import("./verify.ts"),
  report: () => import("./report.ts"),
  list: () => import("./list.ts"),
  gc: () => import("./gc.ts"),
  ssh: () => import("./ssh.ts"),
  host: () => import("./host.ts"),
  mirror: () => import("./mirror.ts"),
  snapshot: () => import("./snapshot.ts"),
  kubeconfig: () => import("./kubeconfig.ts"),
  env: () => import("./env.ts"),
  test: () => import("./test.ts"),
  completion: () => import("./completion.ts"),
};

export const commandNames: readonly string[] = Object.keys(commands);
