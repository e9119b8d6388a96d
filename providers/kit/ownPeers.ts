// Plugins and the language host listen on the loop-back interface, as the engine wants it, where every user of this
// machine can connect; and they run whatever they are told to. So they ask the kernel whose process is at the other end.
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";

const loopback = "127.0.0.1";
const established = "01";

/**
 * Listens on a port of 127.0.0.1 and serves the connections of this user's processes and of root's; others are closed.
 *
 * @param serve gets each connection.
 * @param refused is told, once, of a connection that was closed.
 * @returns the port, and what ends the listening.
 */
export function listenToOwnUser(
  serve: (socket: Socket) => void,
  refused: (why: string) => void,
): Promise<{ port: number; close: () => void }> {
  let told = false;
  // As http2's own servers are.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    if (process.platform !== "linux" || isOwn(ownerOf(socket))) {
      serve(socket);
      return;
    }
    socket.destroy();
    if (!told) refused("closed a connection of another user's process; only this user's and root's are served");
    told = true;
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, loopback, () => {
      resolve({ port: (server.address() as AddressInfo).port, close: () => server.close() });
    });
  });
}

const isOwn = (user: number | undefined): boolean => user === 0 || (user !== undefined && user === process.getuid?.());

/** The user whose process holds the other end of a connection from this machine; undefined if none does. */
function ownerOf({ remotePort, localPort }: Socket): number | undefined {
  if (remotePort === undefined || localPort === undefined) return undefined;
  const wanted = { local: endOf(remotePort), remote: endOf(localPort) };
  return ["/proc/self/net/tcp", "/proc/self/net/tcp6"]
    .flatMap((table) => rowsOf(table))
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local = "", remote = ""]) => wanted.local.test(local) && wanted.remote.test(remote))
    .map(([, , , state, , , , user, , inode]) => {
      // A socket that its process has closed counts as root's.
      return state === established && inode !== "0" ? Number(user) : undefined;
    })
    .find((user) => user !== undefined);
}

/** 127.0.0.1 and a port as the kernel prints them, also of a socket for both families; little and big endian. */
function endOf(port: number): RegExp {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return new RegExp(`^(?:0{16}(?:FFFF0000|0000FFFF))?(?:0100007F|7F000001):${hex}$`);
}

function rowsOf(table: string): string[] {
  try {
    return readFileSync(table, "utf8").split("\n");
  } catch {
    // A kernel without IPv6.
    return [];
  }
}
