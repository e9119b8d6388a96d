import { z } from "zod";
import { resource } from "../../kit/crud.ts";
import { commandInputs, commandResource } from "../running/lifecycle.ts";
import { progress } from "../running/progress.ts";
import { connection } from "./connection.ts";
import { withSession } from "./session.ts";

const inputs = z.strictObject({
  ...commandInputs,
  // The names go into an ssh configuration file.
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not the name of an environment variable"), z.string())
    .optional(),
  connection,
});

/** Commands that run on another machine, by ssh, when the resource is created, updated and deleted. */
export const remoteCommand = resource({
  ...commandResource("command:remote:Command", inputs, (operation, wanted, command, environment) =>
    withSession(operation, wanted.connection, Object.keys(environment), (session) => {
      // The command comes first on standard input, its own input after it: process lists show neither.
      const bytes = Buffer.byteLength(command);
      return session.run("ssh", ["target", `exec "\${SHELL:-/bin/sh}" -c "$(head -c ${bytes})"`], {
        stdin: command + (wanted.stdin ?? ""),
        // As with the official plugin, the machine's AcceptEnv decides which of them it takes.
        env: environment,
        onLine: progress(operation, wanted.logging),
      });
    }),
  ),
  secrets: ["connection"],
});
