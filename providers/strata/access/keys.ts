import { execa } from "execa";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ProviderError } from "../../kit/plain/errors.ts";

export interface KeyPair {
  /** In OpenSSH's format. */
  privateKey: string;
  publicKey: string;
}

/**
 * Makes an Ed25519 key pair. ssh-keygen comes with the ssh client, which everything here needs anyway.
 *
 * @param directory where its files are for a moment; nobody else may read it.
 */
export async function makeKeyPair(directory: string, comment: string): Promise<KeyPair> {
  const scratch = await mkdtemp(join(directory, ".key-"));
  const file = join(scratch, "key");
  try {
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file], { timeout: 30_000 });
    return { privateKey: await readFile(file, "utf8"), publicKey: (await readFile(`${file}.pub`, "utf8")).trim() };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new ProviderError("there is no ssh-keygen on PATH; install the package openssh-client");
    }
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The public key that belongs to a private key file; undefined if there is no valid one. */
export async function publicKeyOf(file: string): Promise<string | undefined> {
  const { failed, stdout } = await execa("ssh-keygen", ["-y", "-P", "", "-f", file], {
    timeout: 30_000,
    reject: false,
  });
  return failed ? undefined : stdout.trim();
}
