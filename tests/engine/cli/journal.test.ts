// The program runs as a user's does, in processes of its own.
import { execa } from "execa";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../../providers/libvirt/rpc/procedures.ts";
import { Libvirt } from "../../../providers/libvirt/rpc/libvirt.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { pulumiEnvironment } from "../../../setup/pulumi/environment.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";
import { patient } from "../../support/patience.ts";

const launcher = join(import.meta.dirname, "../../support/journaledPulumi.ts");
const project = join(import.meta.dirname, "journaled");

/** A stack on a libvirtd of its own, whose engine keeps its state in one of two ways. */
class Stack {
  readonly #name: string;
  readonly #journaled: boolean;
  readonly #daemon: PrivateLibvirtd;
  // The test driver keeps what it has as long as somebody is connected.
  readonly #connection: Libvirt;
  readonly #directory = mkdtempSync(join(tmpdir(), "journaled-"));

  private constructor(journaled: boolean, daemon: PrivateLibvirtd) {
    this.#name = journaled ? "lab-b" : "lab-a";
    this.#journaled = journaled;
    this.#daemon = daemon;
    this.#connection = new Libvirt(daemon.uri("test"));
    for (const name of ["home", "backend"]) mkdirSync(join(this.#directory, name));
  }

  static async create(journaled: boolean): Promise<Stack> {
    const stack = new Stack(journaled, await PrivateLibvirtd.start());
    await stack.#connection.call(connect.libVersion, undefined);
    await stack.pulumi("stack", "init", stack.#name, "--no-select");
    await stack.configure("libvirt:uri", stack.#daemon.uri("test"));
    return stack;
  }

  configure(key: string, value: string): Promise<unknown> {
    return this.pulumi("config", "set", key, value, "--stack", this.#name);
  }

  /** @returns its status. */
  async operate(...args: string[]): Promise<number | undefined> {
    const all = [...args, "--yes", "--skip-preview"];
    const { exitCode } = this.#journaled
      ? await this.#run(
          process.execPath,
          launcher,
          join(this.#directory, "backend"),
          this.#name,
          ...all,
          "--non-interactive",
        )
      : await this.#run("pulumi", ...all, "--stack", this.#name, "--non-interactive");
    return exitCode;
  }

  async pulumi(...args: string[]): Promise<void> {
    const { exitCode, all } = await this.#run("pulumi", ...args, "--non-interactive");
    if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")}: ${all}`);
  }

  virsh(...args: string[]): Promise<string> {
    return this.#daemon.virsh("test", ...args);
  }

  /**
   * What the engine keeps, without what is another each time. The order is another, too; an engine
   * refuses to begin with a wrong one.
   */
  state(): unknown {
    const states = join(this.#directory, "backend/.pulumi/stacks/strata");
    const text = readFileSync(join(states, `${this.#name}.json`), "utf8")
      .replaceAll(this.#name, "STACK")
      .replaceAll(this.#daemon.directory, "DIRECTORY")
      .replaceAll(/owner-[\da-f]+/g, "owner-ID")
      .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, "ID")
      .replaceAll(/"(created|modified|time)":"[^"]*"/g, '"$1":""')
      .replaceAll(/"(ciphertext|salt)":"[^"]*"/g, '"$1":""');
    const { checkpoint, ...rest } = JSON.parse(text) as {
      checkpoint: { latest: { resources?: { urn: string; dependencies?: string[] }[] } };
    };
    for (const { dependencies } of checkpoint.latest.resources ?? []) dependencies?.sort();
    const { resources, ...latest } = checkpoint.latest;
    const sorted = resources?.sort((a, b) => (a.urn < b.urn ? -1 : 1));
    return { ...rest, checkpoint: { ...checkpoint, latest: { ...latest, resources: sorted } } };
  }

  /** Whether it leaves a journal, a lock or a login. */
  left(): string[] {
    const pulumi = join(this.#directory, "backend/.pulumi");
    const name = `strata-journals/${this.#name}.jsonl`;
    return [name, `${name}.login`].filter((each) => existsSync(join(pulumi, each)));
  }

  async remove(): Promise<void> {
    this.#connection.close();
    await this.#daemon.stop();
    rmSync(this.#directory, { recursive: true, force: true });
    rmSync(join(project, `Pulumi.${this.#name}.yaml`), { force: true });
  }

  #run(command: string, ...args: string[]) {
    const env = {
      ...pulumiEnvironment(),
      ...{ NODE_OPTIONS: "", PULUMI_HOME: join(this.#directory, "home"), PULUMI_CONFIG_PASSPHRASE: "test" },
      PULUMI_BACKEND_URL: `file://${join(this.#directory, "backend")}`,
    };
    return execa(command, args, {
      cwd: project,
      env,
      all: true,
      stdin: "ignore",
      reject: false,
      timeout: patient(180_000),
    });
  }
}

const problem = libvirtdProblem() ?? (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");
describeUnless(problem, "an engine with a journal", () => {
  let stacks: Stack[];
  beforeAll(async () => {
    stacks = [await Stack.create(false), await Stack.create(true)];
  });
  afterAll(async () => {
    for (const stack of stacks) await stack.remove();
  });

  /** Does the same with both. @returns how it ended with each. */
  const both = async <T>(work: (stack: Stack) => Promise<T>): Promise<T[]> => {
    const done: T[] = [];
    for (const stack of stacks) done.push(await work(stack));
    return done;
  };
  const expectSame = (): void => {
    expect(stacks[1]!.state()).toEqual(stacks[0]!.state());
    expect(stacks[1]!.left()).toEqual([]);
  };

  test.each([
    ["makes", "1", 0],
    ["changes nothing", "1", 0],
    ["replaces, updates and removes", "2", 0],
    ["fails half way", "3", 1],
    ["goes on", "4", 0],
  ])(
    "leaves the state that one with files does: it %s",
    async (_, step, status) => {
      await both((stack) => stack.configure("step", step));
      expect(await both((stack) => stack.operate("up"))).toEqual([status, status]);
      expectSame();
    },
    patient(300_000),
  );

  test(
    "also where a refresh finds something gone, and after a destroy",
    async () => {
      await both((stack) => stack.virsh("vol-delete", "dependent", "--pool", "disks"));
      expect(await both((stack) => stack.operate("up", "--refresh"))).toEqual([0, 0]);
      expectSame();
      expect(await both((stack) => stack.operate("destroy"))).toEqual([0, 0]);
      expectSame();
    },
    patient(300_000),
  );
});
