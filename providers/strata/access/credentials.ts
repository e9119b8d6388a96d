import { mkdir } from "node:fs/promises";
import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { newHostKeySeed } from "./hostKey.ts";
import { accessPaths, has, isKept, keepPasswords, removeAccess, writePrivate } from "./files.ts";
import { makeKeyPair, publicKeyOf } from "./keys.ts";
import { endSharedConnections, shareConnections } from "./sharedConnections.ts";
import { knownHosts, sshConfiguration, type Access } from "./sshConfig.ts";

const userName = z.string().regex(/^[a-z_][a-z0-9_-]*$/, "is no name of a user");

const inputs = z.strictObject({
  stack: z.string().describe("Stack that the credentials belong to."),
  namespace: z
    .string()
    .optional()
    .describe("Network namespace that the machines are reached through. Default: the host's own."),
  user: userName
    .optional()
    .describe("Who logs in to the machines; what is done there needs root's rights. Default: root."),
  passwords: z
    .array(
      z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, "is the name of a file; write lower-case letters, digits, - and _"),
    )
    .optional()
    .describe('Names of passwords to make, for example ["mqtt"]; each becomes a file in the stack\'s directory.'),
});

export type CredentialsInputs = z.infer<typeof inputs>;

const outputs = z.strictObject({
  publicKey: z.string().describe("User key that the machines let in, in OpenSSH's format."),
  hostPublicKey: z
    .string()
    .describe(
      "Host key that all machines of an older stack show, in OpenSSH's format; empty where each machine has its own.",
    ),
  hostPrivateKey: z
    .string()
    .describe(
      "What the machines' own keys are drawn from, or the private half of the host key of an older stack. Secret.",
    ),
});

type Outputs = z.infer<typeof outputs>;

/**
 * What opens a machine stays in files that only their owner may read; what the machines' own keys are drawn from is a
 * secret output.
 */
export const credentials = resource<CredentialsInputs, Outputs, null>({
  token: "strata:access:Credentials",
  description: "A stack's keys, passwords and ssh configuration, in files that only their owner may read.",
  inputs,
  outputs,
  secrets: ["hostPrivateKey"],
  // Nothing can stand in for a lost key or password: machines made with it are made again (see drift).
  replaceOn: ["stack", "publicKey"],
  // The same files: a later delete of the old resource would remove the new one's.
  deleteBeforeReplace: true,
  drift: (_operation, { inputs: { stack, namespace, user, passwords = [] }, outputs }) => {
    const paths = accessPaths(stack);
    const kept = [paths.privateKey, ...passwords.map(paths.password)];
    if (!kept.every(isKept)) return ["publicKey"];
    const { directory } = paths;
    const access: Access = { stack, namespace, user, directory, hostPublicKey: outputs.hostPublicKey };
    const current = has(paths.sshConfiguration, sshConfiguration(access)) && has(paths.knownHosts, knownHosts(access));
    return current ? [] : ["sshConfiguration"];
  },
  create: async (operation, wanted) => {
    const { stack } = wanted;
    const paths = accessPaths(stack);
    await mkdir(paths.directory, { recursive: true, mode: 0o700 });
    shareConnections(paths.directory, warning(operation));
    const comment = `strata-${stack}`;
    // A killed run may have left one.
    const publicKey = (await publicKeyOf(paths.privateKey)) ?? (await makeUserKey(stack, comment));
    await writePrivate(paths.publicKey, `${publicKey}\n`);
    await writeAccess(wanted, "");
    return { id: comment, outputs: { publicKey, hostPublicKey: "", hostPrivateKey: newHostKeySeed() } };
  },
  read: (_operation, _id, { inputs: known, outputs }) => {
    const state = inputs.safeParse(known);
    if (!state.success) return Promise.resolve(undefined);
    const paths = accessPaths(state.data.stack);
    const kept = [paths.privateKey, ...(state.data.passwords ?? []).map(paths.password)];
    const present = kept.every(isKept);
    return Promise.resolve(present ? { inputs: state.data, outputs: outputs as Outputs } : undefined);
  },
  update: async (operation, _id, wanted, { outputs }) => {
    await writeAccess(wanted, outputs.hostPublicKey);
    const { directory } = accessPaths(wanted.stack);
    // They may go through another namespace.
    await endSharedConnections(directory, () => undefined);
    shareConnections(directory, warning(operation));
    return { outputs };
  },
  delete: async (operation, _id, { inputs: { stack } }) => {
    await endSharedConnections(accessPaths(stack).directory, warning(operation));
    await removeAccess(stack);
  },
});

const warning = (operation: Operation<null>) => (message: string) => {
  operation.log("warning", message);
};

async function makeUserKey(stack: string, comment: string): Promise<string> {
  const paths = accessPaths(stack);
  const { privateKey, publicKey } = await makeKeyPair(paths.directory, comment);
  await writePrivate(paths.privateKey, privateKey);
  return publicKey;
}

async function writeAccess(
  { stack, namespace, user, passwords = [] }: CredentialsInputs,
  hostPublicKey: string,
): Promise<void> {
  const paths = accessPaths(stack);
  const access: Access = { stack, namespace, user, directory: paths.directory, hostPublicKey };
  await writePrivate(paths.knownHosts, knownHosts(access));
  await writePrivate(paths.sshConfiguration, sshConfiguration(access));
  await keepPasswords(stack, passwords);
}
