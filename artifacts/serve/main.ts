// Serves the mirror until it is ended, on one address or on a socket of this host to which tunnels lead:
// node artifacts/serve/main.ts --address 10.0.0.1 --port 5000
// node artifacts/serve/main.ts --socket /run/user/1000/mirror/socket
// Prints one line of JSON on standard output when it is ready, and a line a refusal on standard error; where that is a file,
// --log FILE says so, and it is kept small.
import { isIP } from "node:net";
import { parseArgs } from "node:util";
import { readCatalogue } from "./catalogue.ts";
import { boundedLog } from "./log.ts";
import { createMirror } from "./server.ts";

const text = { type: "string" } as const;
const options = { address: text, port: text, socket: text, log: text };
const { address, port, socket, log: logFile } = parseArgs({ options }).values;
// Testbeds' networks are IPv4; "all addresses" has many spellings in IPv6.
const hasAddress = isIP(address ?? "") === 4 && address !== "0.0.0.0" && /^\d{1,5}$/.test(port ?? "");
if (hasAddress === (socket !== undefined)) {
  process.stderr.write(
    "usage: main.ts --address ADDRESS --port PORT, with one IPv4 address of this host (never all of them), or main.ts --socket PATH\n",
  );
  process.exit(2);
}

// A line that can't be written is lost; the mirror goes on.
process.stderr.on("error", () => undefined);
const log = boundedLog(logFile, (line) => process.stderr.write(line));
const server = createMirror(log);
server.on("error", (error) => {
  process.stderr.write(`cannot serve on ${socket ?? `${address ?? ""} port ${port ?? ""}`}: ${error.message}\n`);
  process.exit(1);
});
server.listen(socket === undefined ? { host: address, port: Number(port) } : { path: socket }, () => {
  const { tags, files, refused } = readCatalogue();
  for (const line of refused) log(`not served: ${line}`);
  const at = server.address();
  const where = at !== null && typeof at === "object" ? { address, port: at.port } : { socket };
  const ready = { ...where, images: tags.size, files: files.size };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
