// Commands on machines, as the runner has them by ssh: here a shell of this host is the machine.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { converseFor, runFor, serveFor } from "../../../benchmarks/transport/process.ts";
import { sshTransport } from "../../../benchmarks/transport/ssh.ts";
import type { RemoteOptions } from "../../../benchmarks/transport/transport.ts";
import { patient } from "../../support/patience.ts";
import { until } from "../../support/until.ts";
import { localTestbed } from "../../support/workload/localTestbed.ts";

const machine = { name: "edge-0", address: "10.0.0.1" };
const sh = (script: string): string[] => ["sh", "-c", script];
const options: RemoteOptions = { what: "ask", limitMs: patient(20_000) };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-transport-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

let number = 0;
/** A command that goes on for ever, whether it still does, and that it does no more. */
function endless() {
  const script = `exec sleep ${process.pid}${++number}`;
  const runs = (): boolean =>
    readdirSync("/proc").some((id) => /^\d+$/.test(id) && wordsOf(id).includes(script.replace("exec ", "")));
  return { script, runs, ended: () => until(`the end of ${script}`, 20_000, () => !runs(), 10) };
}

function wordsOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // It has just ended.
    return "";
  }
}

describe("a command that ends", () => {
  test("gets its input, and all that it printed comes back to the last byte", async () => {
    expect(await runFor(machine, sh("cat; printf '\\n\\n'"), { ...options, input: "a\nü" })).toBe("a\nü\n\n");
    expect(await runFor(machine, sh("cat"), options)).toBe("");
  });

  test.each([
    ["exit 3", "edge-0: ask: status 3"],
    ["seq 12 >&2; exit 1", "edge-0: ask: status 1:\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12"],
    ["kill -9 $$", "edge-0: ask: status SIGKILL"],
  ])("%j is told by machine, task and the end of its words", async (script, message) => {
    await expect(runFor(machine, sh(script), options)).rejects.toThrow(
      expect.objectContaining({ name: "RemoteError", message }) as Error,
    );
  });

  test("a program that is not there is named", async () => {
    await expect(runFor(machine, ["/nowhere/ssh"], options)).rejects.toThrow(/^edge-0: ask: status .*\/nowhere\/ssh/);
  });

  test("has an end: after its limit it is ended, and that is said", async () => {
    const { script, ended } = endless();
    await expect(runFor(machine, sh(script), { ...options, limitMs: 300 })).rejects.toThrow(
      "edge-0: ask: did not end within 0.3 s",
    );
    await ended();
  });

  test("ends with the run, by the run's own reason", async () => {
    const { script, ended } = endless();
    const stop = new AbortController();
    const reason = new DOMException("interrupted", "AbortError");
    setTimeout(() => {
      stop.abort(reason);
    }, 100);
    await expect(runFor(machine, sh(script), { ...options, signal: stop.signal })).rejects.toBe(reason);
    await ended();
  });
});

describe("a command that goes on", () => {
  test("is there once it has said its first line, in how many pieces so ever, and until it is stopped", async () => {
    const { script, runs, ended } = endless();
    const pieces = "printf 40; sleep 0.1; printf '00\\nmore\\n'";
    const served = await serveFor(machine, sh(`${pieces}; ${script}`), options);
    expect(served.firstLine).toBe("4000");
    await until("its second half", 20_000, runs, 10);
    served.stop();
    await ended();
  });

  test("and ends before it has said anything is told with its status and words", async () => {
    await expect(serveFor(machine, sh("echo 'no python3' >&2; exit 127"), options)).rejects.toThrow(
      "edge-0: ask: ended with status 127:\nno python3",
    );
  });

  test("and says nothing within its limit is told, and ended", async () => {
    const { script, ended } = endless();
    await expect(serveFor(machine, sh(script), { ...options, limitMs: 300 })).rejects.toThrow(
      "edge-0: ask: said nothing within 0.3 s",
    );
    await ended();
  });

  test("ends where the run ends while it is waited for", async () => {
    const { script, ended } = endless();
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort();
    }, 100);
    await expect(serveFor(machine, sh(script), { ...options, signal: stop.signal })).rejects.toThrow("interrupted");
    await ended();
  });
});

describe("a conversation", () => {
  const listener = 'echo ready; while read -r line; do echo "heard $line"; done; echo bye';

  test("is told at first, and then, until nothing more is said; the rest of its words come back", async () => {
    const script = `read -r first; echo "begun with $first"; while read -r line; do echo "heard $line"; done`;
    const talk = await converseFor(machine, sh(script), { ...options, input: "a plan\n" });
    expect(talk.firstLine).toBe("begun with a plan");
    talk.say("one\n");
    talk.say("two\n");
    expect(await talk.end(patient(20_000))).toBe("heard one\nheard two");
  });

  test("that fails is told with its status; what is said to one that has ended harms nobody", async () => {
    const talk = await converseFor(machine, sh("echo ready; echo 'tc is gone' >&2; exit 2"), options);
    await new Promise((resolve) => setTimeout(resolve, 50));
    talk.say("one\n");
    talk.say("two\n");
    await expect(talk.end(patient(20_000))).rejects.toThrow("edge-0: ask: status 2:\ntc is gone");
  });

  test("that does not end when nothing more is said is ended, and told", async () => {
    const { script, ended } = endless();
    const talk = await converseFor(machine, sh(`echo ready; ${script}`), options);
    await expect(talk.end(200)).rejects.toThrow("edge-0: ask: did not end within 0.2 s");
    await ended();
  });

  test("that never begins is ended", async () => {
    const { script, ended } = endless();
    await expect(converseFor(machine, sh(script), { ...options, limitMs: 300 })).rejects.toThrow("said nothing within");
    await ended();
  });

  test("does not hear of a Ctrl-C that this process's group gets", async () => {
    const groups = `echo $(ps -o pgid= -p $$); ${listener}`;
    const talk = await converseFor(machine, sh(groups), options);
    const own = await runFor(machine, sh(`ps -o pgid= -p ${process.pid}`), options);
    expect(Number(talk.firstLine)).not.toBe(Number(own));
    expect(await talk.end(patient(20_000))).toBe("ready\nbye");
  });
});

describe("by ssh", () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  test("a machine is reached by its address and the stack's own configuration; the command is one word", async () => {
    const config = join(directory, "ssh_config");
    writeFileSync(config, "");
    writeFileSync(join(directory, "ssh"), '#!/bin/sh\nprintf "<%s>" "$@"; echo; cat\n');
    chmodSync(join(directory, "ssh"), 0o755);
    process.env.PATH = `${directory}${delimiter}${path ?? ""}`;
    const transport = sshTransport(localTestbed, directory);
    const line = `<-F><${config}><10.0.0.1><echo "a b"; exit>`;
    const command = 'echo "a b"; exit';
    expect(await transport.run(machine, command, { ...options, input: "in" })).toBe(`${line}\nin`);
    expect((await transport.serve(machine, command, options)).firstLine).toBe(line);
    const talk = await transport.converse(machine, command, { ...options, input: "x" });
    expect(talk.firstLine).toBe(line);
    expect(await talk.end(patient(20_000))).toBe("x");
  });

  test("what asks the machines by their addresses runs in their network namespace, where they have one", () => {
    writeFileSync(join(directory, "ssh_config"), "");
    const beside = (namespace?: string) =>
      sshTransport({ ...localTestbed, ssh: { ...localTestbed.ssh, namespace } }, directory).besideMachines([
        "ping",
        "x",
      ]);
    expect(beside()).toEqual(["ping", "x"]);
    expect(beside("strata-1a2b3c")).toEqual(["nsenter", "--net=/run/netns/strata-1a2b3c", "ping", "x"]);
  });
});
