import { z } from "zod";
import type { EchoTarget } from "./echoClient.ts";
import type { Exchange } from "./echoExchange.ts";
import { unshaped } from "./echoServer.ts";

/** What {@link echoProgram} prints, times in ms since 1970. */
const answersSchema = z.strictObject({
  /** The asking machine's clock. */
  nowMs: z.number(),
  echoes: z.record(
    z.string(),
    z.union([
      z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
      z.strictObject({ error: z.string() }),
    ]),
  ),
});

export interface MachineEchoes {
  nowMs: number;
  /** By the name of the machine that was asked. */
  echoes: Map<string, Exchange[] | { error: string }>;
}

/**
 * A program for `python3 -` on the machine whose clock is the reference: asks the servers (echoServer.ts) of all others, one
 * after the other, since two at once would lengthen each other's round trips. It is echoClient.ts for a machine.
 */
export const echoProgram = (targets: readonly EchoTarget[], count: number): string => `
import json, socket, struct, time

def ask(address, port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ${unshaped}
    s.connect((address, port))
    found = []
    for number in range(${count}):
        asked = time.time_ns()
        s.send(struct.pack("!I", number))
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            s.settimeout(max(0.001, end - time.monotonic()))
            try:
                answer = s.recv(64)
            except socket.timeout:
                break
            heard = time.time_ns()
            # Not the answer to an earlier question, which came too late to be used.
            if len(answer) == 20 and struct.unpack("!I", answer[:4])[0] == number:
                found.append([one / 1e6 for one in (asked, *struct.unpack("!QQ", answer[4:]), heard)])
                break
        time.sleep(0.015)
    s.send(b"end")
    return found

echoes = {}
for target in json.loads(${JSON.stringify(JSON.stringify(targets))}):
    try:
        echoes[target["name"]] = ask(target["address"], target["port"])
    except OSError as error:
        echoes[target["name"]] = {"error": str(error)}
print(json.dumps({"nowMs": time.time_ns() / 1e6, "echoes": echoes}))
`;

/** Reads what the program printed. @throws Error for anything else. */
export function parseEchoes(output: string): MachineEchoes {
  const { nowMs, echoes } = answersSchema.parse(JSON.parse(output));
  const exchanges = Object.entries(echoes).map(([name, found]): [string, Exchange[] | { error: string }] => [
    name,
    "error" in found
      ? found
      : found.map(([askedMs, arrivedMs, answeredMs, heardMs]) => ({ askedMs, arrivedMs, answeredMs, heardMs })),
  ]);
  return { nowMs, echoes: new Map(exchanges) };
}
