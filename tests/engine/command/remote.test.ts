import { local, remote, types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describeUnless } from "../../support/describeUnless.ts";
import { PluginStack } from "../../support/pluginStack.ts";
import { freePort } from "../../support/ports.ts";

const sshd = [process.env.STRATA_TEST_SSHD ?? "", "/usr/sbin/sshd"].find((file) => file !== "" && existsSync(file));

function remoteTests(server: string): void {
  let stack: PluginStack;
  let daemon: ChildProcess;
  let connection: types.input.remote.ConnectionArgs;

  const key = (name: string) => {
    const file = join(stack.directory, name);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
    return { file, privateKey: readFileSync(file, "utf8"), publicKey: readFileSync(`${file}.pub`, "utf8").trim() };
  };

  beforeAll(async () => {
    stack = await PluginStack.create(["command"]);
    const host = key("host");
    const user = key("user");
    const port = await freePort();
    writeFileSync(join(stack.directory, "authorized"), `${user.publicKey}\n`, { mode: 0o600 });
    const configuration = join(stack.directory, "sshd_config");
    writeFileSync(
      configuration,
      `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${host.file}\nAuthorizedKeysFile ${join(stack.directory, "authorized")}\n` +
        "PasswordAuthentication no\nStrictModes no\nUsePAM no\nPidFile none\nAcceptEnv WHO PULUMI_COMMAND_*\n" +
        "Subsystem sftp internal-sftp\n",
    );
    mkdirSync("/run/sshd", { recursive: true });
    daemon = spawn(server, ["-D", "-e", "-f", configuration], { stdio: "ignore" });
    connection = {
      host: "127.0.0.1",
      port,
      user: userInfo().username,
      privateKey: pulumi.secret(user.privateKey),
      hostKey: host.publicKey,
    };
  });

  afterAll(() => {
    daemon.kill();
    stack.remove();
  });

  const program = (args: Partial<remote.CommandArgs>, text = "one") => {
    const target = connection;
    return () => {
      const made = new remote.Command("greet", { connection: target, ...args });
      const source = new pulumi.asset.StringAsset(text);
      new remote.CopyToRemote("copy", { connection: target, source, remotePath: `${stack.directory}/a b/copy` });
      return Promise.resolve({ stdout: pulumi.unsecret(made.stdout) });
    };
  };

  test("create, update with the previous output, and a changed file", async () => {
    const create = 'read line; echo "create $WHO: $line"; ps -eo args > ' + join(stack.directory, "processes");
    const args = {
      create,
      stdin: "a line",
      environment: { WHO: "Ada" },
      update: 'echo "after $PULUMI_COMMAND_STDOUT"',
    };
    expect(await stack.up(program(args))).toMatchObject({ create: 3 });
    expect((await stack.outputs()).stdout?.value).toBe("create Ada: a line");
    expect(readFileSync(join(stack.directory, "a b/copy"), "utf8")).toBe("one");
    expect(await stack.up(program(args))).toMatchObject({ update: 0, same: 3 });

    expect(await stack.up(program({ ...args, environment: { WHO: "Bob" } }, "two"))).toMatchObject({ update: 2 });
    expect((await stack.outputs()).stdout?.value).toBe("after create Ada: a line");
    expect(readFileSync(join(stack.directory, "a b/copy"), "utf8")).toBe("two");
  });

  test("the key is in no process list, and its files are gone", () => {
    const ssh = readFileSync(join(stack.directory, "processes"), "utf8")
      .split("\n")
      .filter((line) => /^ssh /.test(line));
    expect(ssh.length).toBeGreaterThan(0);
    for (const line of ssh) expect(line).not.toContain("PRIVATE");
    // The plugins' own directory for temporary files.
    expect(readdirSync(join(stack.directory, "tmp")).filter((name) => name.startsWith("strata-command-"))).toEqual([]);
    expect(stack.keptState()).not.toContain("BEGIN OPENSSH");
  });

  test("no connection: how often it was tried, and why", async () => {
    const target = connection;
    const failure = await stack.failure(() => {
      new remote.Command("greet", { connection: { ...target, port: 1, dialErrorLimit: 1 }, create: "true" });
      new local.Command("other", { create: "true" });
      return Promise.resolve();
    });
    expect(failure).toContain("no ssh connection to 127.0.0.1 port 1 after 2 attempts: ");
    expect(failure).toContain("Connection refused");
    await stack.destroy().catch(() => undefined);
  });
}

const problem = sshd === undefined ? "there is no /usr/sbin/sshd (package openssh-server)" : undefined;
describeUnless(problem, "commands on a machine that ssh reaches", () => {
  remoteTests(sshd!);
});
