import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sshOption } from "../../kit/plain/sshWord.ts";
import { defaultPerDialTimeout, type Connection, type Endpoint } from "./connection.ts";

/** Writes what ssh needs for a connection into a directory that only its owner may read; no secret is an argument. */
export async function writeSshFiles(
  directory: string,
  connection: Connection,
  variables: readonly string[],
): Promise<void> {
  const { proxy, password, privateKeyPassword } = connection;
  await writeEndpoint(directory, "target", connection);
  if (proxy) await writeEndpoint(directory, "proxy", proxy);
  await writePrivate(join(directory, "config"), sshConfiguration(directory, connection, variables));
  await writePrivate(join(directory, "password"), password ?? "");
  await writePrivate(join(directory, "passphrase"), privateKeyPassword ?? "");
  // ssh runs this with its question as the argument, and reads the answer from it.
  const answer = `#!/bin/sh\ncase "$1" in *passphrase*) f=passphrase ;; *) f=password ;; esac\ncat '${directory}'/$f\n`;
  await writePrivate(join(directory, "askpass"), answer);
  await chmod(join(directory, "askpass"), 0o700);
}

async function writeEndpoint(directory: string, name: string, { privateKey, hostKey }: Endpoint): Promise<void> {
  if (privateKey !== undefined) await writePrivate(join(directory, `${name}.key`), `${privateKey.trim()}\n`);
  if (hostKey !== undefined) await writePrivate(join(directory, `${name}.known`), `${name} ${hostKey.trim()}\n`);
}

async function writePrivate(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
}

/**
 * The configuration in which the machine is called `target`, and the one on the way to it `proxy`.
 *
 * @param variables names of the environment variables to send. They must be known when the connection is made: a shared
 *   connection passes on only those that it was told of.
 */
export function sshConfiguration(directory: string, connection: Connection, variables: readonly string[] = []): string {
  const { proxy, password, privateKeyPassword } = connection;
  const asks = password !== undefined || privateKeyPassword !== undefined;
  const shared = [
    "ControlMaster auto",
    `ControlPath ${sshOption(join(directory, "c"))}`,
    "ControlPersist 60",
    `BatchMode ${yes(!asks)}`,
    ...variables.map((name) => `SendEnv ${name}`),
  ];
  return [
    ...block(directory, "target", connection, [...shared, ...(proxy ? ["ProxyJump proxy"] : [])]),
    ...(proxy ? block(directory, "proxy", proxy, ["BatchMode yes"]) : []),
    "",
  ].join("\n");
}

function block(directory: string, name: string, endpoint: Endpoint, more: string[]): string[] {
  const { host, port = 22, user = "root", privateKey, hostKey, agentSocketPath, perDialTimeout } = endpoint;
  const lines = [
    `HostName ${host}`,
    `Port ${port}`,
    `User ${user}`,
    `HostKeyAlias ${name}`,
    // Like the official plugin: a machine whose key is not given is trusted.
    `StrictHostKeyChecking ${yes(hostKey !== undefined)}`,
    `UserKnownHostsFile ${hostKey === undefined ? "/dev/null" : sshOption(join(directory, `${name}.known`))}`,
    "GlobalKnownHostsFile /dev/null",
    `IdentityFile ${privateKey === undefined ? "none" : sshOption(join(directory, `${name}.key`))}`,
    `IdentitiesOnly ${yes(privateKey !== undefined && agentSocketPath === undefined)}`,
    ...(agentSocketPath === undefined ? [] : [`IdentityAgent ${sshOption(agentSocketPath)}`]),
    "NumberOfPasswordPrompts 1",
    `ConnectTimeout ${Math.ceil(perDialTimeout ?? defaultPerDialTimeout)}`,
    "ServerAliveInterval 15",
    "LogLevel ERROR",
    ...more,
  ];
  return [`Host ${name}`, ...lines.map((line) => `  ${line}`)];
}

function yes(value: boolean): string {
  return value ? "yes" : "no";
}
