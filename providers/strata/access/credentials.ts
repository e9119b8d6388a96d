import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { z } from "zod";
import { resource } from "../../kit/crud.ts";
import { accessPaths, has, keepPasswords, removeAccess, writePrivate } from "./files.ts";
import { makeKeyPair, publicKeyOf } from "./keys.ts";
import { endSharedConnections } from "./sharedConnections.ts";
import { knownHosts, sshConfiguration, type Access } from "./sshConfig.ts";

const inputs = z.strictObject({
  stack: z.string(),
  namespace: z.string().optional(),
  passwords: z
    .array(
      z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, "is the name of a file; write lower-case letters, digits, - and _"),
    )
    .optional(),
});

type Inputs = z.infer<typeof inputs>;

interface Outputs {
  publicKey: string;
  hostPublicKey: string;
  hostPrivateKey: string;
}

/**
 * The keys and passwords of a stack. What opens a machine stays in files that only their owner may read; the private
 * host key, which goes into the machines, is a secret output.
 */
export const credentials = resource<Inputs, Outputs, null>({
  token: "strata:access:Credentials",
  inputs,
  secrets: ["hostPrivateKey"],
  // Nothing can stand in for a lost key or password: machines made with it are made again (see drift).
  replaceOn: ["stack", "publicKey"],
  // The same files: a later delete of the old resource would remove the new one's.
  deleteBeforeReplace: true,
  drift: (_operation, { inputs: { stack, namespace, passwords = [] }, outputs }) => {
    const paths = accessPaths(stack);
    const kept = [paths.privateKey, ...passwords.map(paths.password)];
    if (kept.some((file) => !existsSync(file))) return ["publicKey"];
    const access: Access = { stack, namespace, directory: paths.directory, hostPublicKey: outputs.hostPublicKey };
    const current = has(paths.sshConfiguration, sshConfiguration(access)) && has(paths.knownHosts, knownHosts(access));
    return current ? [] : ["sshConfiguration"];
  },
  create: async (_operation, wanted) => {
    const { stack } = wanted;
    const paths = accessPaths(stack);
    await mkdir(paths.directory, { recursive: true, mode: 0o700 });
    const comment = `strata-${stack}`;
    // A killed run may have left a key; its host key went into no machine, for those wait for this resource.
    const publicKey = (await publicKeyOf(paths.privateKey)) ?? (await makeUserKey(stack, comment));
    await writePrivate(paths.publicKey, `${publicKey}\n`);
    const host = await makeKeyPair(paths.directory, comment);
    await writeAccess(wanted, host.publicKey);
    return {
      id: comment,
      outputs: { publicKey, hostPublicKey: host.publicKey, hostPrivateKey: host.privateKey },
    };
  },
  read: (_operation, _id, { inputs: known, outputs }) => {
    const state = inputs.safeParse(known);
    if (!state.success) return Promise.resolve(undefined);
    const paths = accessPaths(state.data.stack);
    const kept = [paths.privateKey, ...(state.data.passwords ?? []).map(paths.password)];
    const present = kept.every((file) => existsSync(file));
    return Promise.resolve(present ? { inputs: state.data, outputs: outputs as Outputs } : undefined);
  },
  update: async (_operation, _id, wanted, { outputs }) => {
    await writeAccess(wanted, outputs.hostPublicKey);
    // They may go through another namespace.
    await endSharedConnections(accessPaths(wanted.stack).directory);
    return { outputs };
  },
  delete: async (_operation, _id, { inputs: { stack } }) => {
    await endSharedConnections(accessPaths(stack).directory);
    await removeAccess(stack);
  },
});

async function makeUserKey(stack: string, comment: string): Promise<string> {
  const paths = accessPaths(stack);
  const { privateKey, publicKey } = await makeKeyPair(paths.directory, comment);
  await writePrivate(paths.privateKey, privateKey);
  return publicKey;
}

async function writeAccess({ stack, namespace, passwords = [] }: Inputs, hostPublicKey: string): Promise<void> {
  const paths = accessPaths(stack);
  const access: Access = { stack, namespace, directory: paths.directory, hostPublicKey };
  await writePrivate(paths.knownHosts, knownHosts(access));
  await writePrivate(paths.sshConfiguration, sshConfiguration(access));
  await keepPasswords(stack, passwords);
}
