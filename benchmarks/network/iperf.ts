import { tcpOmitSeconds, tcpSeconds, type PacedFlow } from "./rateMethod.ts";

const patienceSeconds = 40;

/** Leaves a server behind that takes one client, and returns when it listens. @param seconds that the client may need. */
export const startIperf = (seconds = 0): string => `
command -v iperf3 >/dev/null || { echo 'no iperf3 on this machine' >&2; exit 9; }
timeout ${patienceSeconds + seconds} iperf3 --server --one-off --port 5201 >/dev/null 2>&1 </dev/null &
for i in $(seq 100); do ss -Hltn 'sport = :5201' | grep -q . && exit 0; sleep 0.1; done
echo 'it did not listen within 10 s' >&2; exit 1`;

/** Three seconds after one of TCP's slow start. @param direction up: the client sends. */
export function iperfClient(address: string, direction: "up" | "down"): string {
  const reverse = direction === "down" ? " --reverse" : "";
  return `iperf3 --client ${address} --port 5201 --time ${tcpSeconds} --omit ${tcpOmitSeconds} --json --connect-timeout 5000${reverse} || true`;
}

/** The client asks the server at the address to send, and counts what arrives: a queue's delay is in no figure then. */
export function pacedClient(address: string, flow: PacedFlow): string {
  const { payloadBytes, sendBit, seconds, omitSeconds, limitSeconds } = flow;
  // On a slow link its server's own report would take longer than the measurement, and no processor is at its limit.
  const report = sendBit < 1e6 ? "" : " --get-server-output";
  return `iperf3 --client ${address} --port 5201 --udp --reverse --bitrate ${sendBit} --length ${payloadBytes} --time ${seconds} --omit ${omitSeconds} --json --connect-timeout ${1000 * limitSeconds}${report} || true`;
}
