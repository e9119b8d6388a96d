import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { quoted } from "../../kit/plain/shellWord.ts";
import { sayStandIn } from "../running/progress.ts";
import { connection } from "./connection.ts";
import { withSession } from "./session.ts";

const inputs = z.strictObject({
  connection,
  // An asset or archive in Pulumi's wire format; its hash is what tells that a file has changed.
  source: z
    .looseObject({ path: z.string().optional(), text: z.string().optional() })
    .refine(
      ({ path = "", text }) => path !== "" || typeof text === "string",
      "is not a FileAsset, StringAsset or FileArchive; only these can be copied",
    ),
  remotePath: z.string().min(1, "must not be empty"),
  triggers: z.array(z.unknown()).optional(),
});

type Inputs = z.infer<typeof inputs>;

/** A file or directory of this machine that is copied to another one by ssh. Deleting it leaves the copy. */
export const copyToRemote = resource<Inputs, object, null>({
  token: "command:remote:CopyToRemote",
  inputs,
  secrets: ["connection"],
  replaceOn: ["triggers"],
  deleteBeforeReplace: false,
  create: async (operation, wanted) => {
    await copy(operation, wanted);
    return { id: `${operation.name}${randomBytes(4).toString("hex")}`, outputs: {} };
  },
  read: (_operation, _id, state) => {
    const known = inputs.safeParse(state.inputs);
    return Promise.resolve(known.success ? { inputs: known.data, outputs: {} } : undefined);
  },
  update: async (operation, _id, wanted) => {
    await copy(operation, wanted);
    return { outputs: {} };
  },
  delete: () => Promise.resolve(),
});

async function copy(operation: Operation<null>, { source, remotePath, ...wanted }: Inputs): Promise<void> {
  sayStandIn(operation);
  await withSession(operation, wanted.connection, [], async (session) => {
    const file = source.path ? resolve(source.path) : join(session.directory, "text");
    if (source.path && !existsSync(file)) throw new ProviderError(`source: there is no file ${file}`);
    if (!source.path) await writeFile(file, source.text ?? "", { mode: 0o600 });
    const parent = await session.run("ssh", ["target", `mkdir -p -- ${quoted(dirname(remotePath))}`]);
    const copied = parent.status === 0 ? await session.run("scp", ["-r", file, `target:${remotePath}`]) : parent;
    if (copied.status !== 0) {
      const reason = copied.stderr.trim().split("\n").at(-1) ?? "";
      throw new ProviderError(`${file} could not be copied to ${remotePath} on ${wanted.connection.host}: ${reason}`);
    }
  });
}
