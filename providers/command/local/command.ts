import { existsSync } from "node:fs";
import { z } from "zod";
import { resource } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { commandInputs, commandResource } from "../running/lifecycle.ts";
import { runProcess } from "../running/process.ts";
import { progress } from "../running/progress.ts";

const noAssets = z
  .never({ error: "only the official command plugin collects files as assets; read them in your program instead" })
  .optional();

const inputs = z.strictObject({
  ...commandInputs,
  dir: z.string().optional(),
  interpreter: z.array(z.string()).min(1, "needs a program at least").optional(),
  assetPaths: noAssets,
  archivePaths: noAssets,
});

const defaultInterpreter = ["/bin/sh", "-c"];

/** Commands that run on this machine when the resource is created, updated and deleted. */
export const localCommand = resource(
  commandResource("command:local:Command", inputs, (operation, wanted, command, environment) => {
    const { dir, stdin, logging } = wanted;
    if (dir !== undefined && !existsSync(dir)) throw new ProviderError(`dir: there is no directory ${dir}`);
    const [file = "", ...args] = wanted.interpreter ?? defaultInterpreter;
    return runProcess({
      file,
      args: [...args, command],
      env: { ...process.env, ...environment },
      dir,
      stdin,
      signal: operation.signal,
      onLine: progress(operation, logging),
    });
  }),
);
