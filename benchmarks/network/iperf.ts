/** Leaves a server behind that takes one client, for at most 40 s, and returns when it listens. */
export const startIperf = `
command -v iperf3 >/dev/null || { echo 'no iperf3 on this machine' >&2; exit 9; }
timeout 40 iperf3 --server --one-off --port 5201 >/dev/null 2>&1 </dev/null &
for i in $(seq 100); do ss -Hltn 'sport = :5201' | grep -q . && exit 0; sleep 0.1; done
echo 'it did not listen within 10 s' >&2; exit 1`;

/** Three seconds after one of TCP's slow start. @param direction up: the client sends. */
export function iperfClient(address: string, direction: "up" | "down"): string {
  const reverse = direction === "down" ? " --reverse" : "";
  return `iperf3 --client ${address} --port 5201 --time 3 --omit 1 --json --connect-timeout 5000${reverse} || true`;
}
