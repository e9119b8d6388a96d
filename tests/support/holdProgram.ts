import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Runs the program with folders in place of the kernel's groups, a socket in place of the port, and prints what it does to the clock. */
const wrapper = `
import fcntl, glob, json, os, socket, sys, time
program, root, limits = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
rmdir = os.rmdir

def remove(group):
    for file in os.listdir(group):
        os.remove(f"{group}/{file}")
    rmdir(group)

def tell(what, value):
    states = {open(file).read() for file in glob.glob(f"{root}/groups/*/cgroup.freeze")}
    print(json.dumps([what, value, sorted(states)]), flush=True)

def port():
    wire = socket.socket(socket.AF_UNIX)
    wire.connect(f"{root}/port")
    wire.setblocking(False)
    return wire.detach()

os.rmdir = remove
fcntl.ioctl = lambda device, request, data=b"": tell(f"ioctl {request:#x}", data.hex())
time.clock_settime_ns = lambda clock, ns: tell("time", ns)
with open(program) as file:
    source = file.read()
assert source.endswith("\\nmain()\\n")
names = {"__name__": "hold"}
exec(compile(source.removesuffix("main()\\n"), program, "exec"), names)
groups = f"{root}/groups"
names.update(GROUPS=groups, OWN=f"{groups}/strata-hold", port=port, **limits)
names["main"]()
`;

const program = join(import.meta.dirname, "../../providers/libvirt/snapshots/hold.py");

/** The program that holds a machine still, as a process of this host. */
export class HoldProgram {
  readonly #root = mkdtempSync(join(tmpdir(), "strata-hold-"));
  readonly #server: Server;
  readonly #process: ChildProcess;
  readonly #wire: Promise<Socket>;
  #lines: AsyncIterator<string> | undefined;
  #printed = "";

  /**
   * @param groups names of the machine's groups of processes, none of which has stopped yet.
   * @param limits constants of the program's, seconds.
   */
  constructor(groups: readonly string[], limits: Readonly<Record<string, number>> = {}) {
    for (const group of groups) {
      mkdirSync(join(this.#root, "groups", group), { recursive: true });
      this.#setFrozen(group, 0);
    }
    this.#server = createServer().listen(join(this.#root, "port"));
    this.#wire = once(this.#server, "connection").then(([socket]) => socket as Socket);
    this.#process = spawn("python3", ["-c", wrapper, program, this.#root, JSON.stringify(limits)], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.#process.stdout?.on("data", (piece: Buffer) => {
      this.#printed += piece.toString();
    });
  }

  #setFrozen(group: string, frozen: 0 | 1): void {
    writeFileSync(join(this.#root, "groups", group, "cgroup.events"), `populated 1\nfrozen ${frozen}\n`);
  }

  /** All of a group's processes stop. */
  stop(group: string): void {
    this.#setFrozen(group, 1);
  }

  /** What was written last into each group's cgroup.freeze; undefined where nothing was. */
  get freeze(): Record<string, string | undefined> {
    const groups = readdirSync(join(this.#root, "groups"));
    return Object.fromEntries(groups.map((group) => [group, this.#freezeOf(group)]));
  }

  #freezeOf(group: string): string | undefined {
    try {
      return readFileSync(join(this.#root, "groups", group, "cgroup.freeze"), "utf8");
    } catch {
      return undefined;
    }
  }

  /** What it did to clock and random numbers: what, with which value, and what was in the groups' cgroup.freeze then. */
  get done(): unknown[] {
    return this.#printed
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as unknown);
  }

  /** The next line that it says at the port. */
  async line(): Promise<string> {
    this.#lines ??= createInterface({ input: await this.#wire })[Symbol.asyncIterator]();
    return String((await this.#lines.next()).value);
  }

  async send(told: object): Promise<void> {
    (await this.#wire).write(`${JSON.stringify(told)}\n`);
  }

  /** The host's end of the port is closed. */
  async hangUp(): Promise<void> {
    (await this.#wire).destroy();
  }

  /** Returns once it has ended, with its exit status. */
  async ended(): Promise<number | null> {
    if (this.#process.exitCode === null) await once(this.#process, "close");
    return this.#process.exitCode;
  }

  remove(): void {
    this.#process.kill("SIGKILL");
    this.#server.close();
    rmSync(this.#root, { recursive: true, force: true });
  }
}
