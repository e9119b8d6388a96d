/**
 * A line of Python that lets a socket's packets by the machine's shaping: with the priority of the queues' root (htb, handle
 * 1:) the kernel sends them at once, as what goes to the host. Only a rate that a machine's links share for what it
 * receives still counts.
 */
export const unshaped = "s.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, 0x10000)";

/**
 * Answers UDP datagrams with the time of their arrival and of the answer, by the machine's realtime clock. Sent to
 * `python3 -` over ssh, so nothing is installed and nothing stays; it ends on a datagram "end", and by itself after
 * `lifetimeS` seconds. It prints its port first. An answer is the question (at most 64 bytes), then both times in ns since 1970 as big-endian u64.
 *
 * @param asker who asks: a machine's answers would be shaped, the host's are not.
 */
export const echoServer = (lifetimeS: number, asker: "host" | "machine"): string => `
import socket, struct, time
end = time.monotonic() + ${lifetimeS}
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
${asker === "machine" ? unshaped : ""}
s.bind(("0.0.0.0", 0))
print(s.getsockname()[1], flush=True)
while True:
    left = end - time.monotonic()
    if left <= 0:
        break
    s.settimeout(left)
    try:
        data, peer = s.recvfrom(64)
    except socket.timeout:
        break
    arrived = time.time_ns()
    if data == b"end":
        break
    s.sendto(data + struct.pack("!QQ", arrived, time.time_ns()), peer)
`;
