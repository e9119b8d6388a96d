// The runner alone on a testbed whose outputs stand in standard input: a process of its own, so that its memory is its
// own. Argument: the stack's directory.
import { text } from "node:stream/consumers";
import { readTestbed } from "../../components/standing/read.ts";
import { benchmarkTestbed, exitStatus } from "../../benchmarks/run.ts";
import { sshTransport } from "../../benchmarks/transport/ssh.ts";

const testbed = readTestbed(JSON.parse(await text(process.stdin)), "bench");
const result = await benchmarkTestbed(testbed, sshTransport(testbed, process.argv[2] ?? ""), {}, () => undefined);
process.stdout.write(`${result.outcome}\n`);
process.exitCode = exitStatus(result);
