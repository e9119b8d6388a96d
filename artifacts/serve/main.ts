// Serves the mirror on one address until it is ended: node artifacts/serve/main.ts --address 10.0.0.1 --port 5000
// Prints one line of JSON on standard output when it is ready, and a line a refusal on standard error.
import { isIP, type AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { readCatalogue } from "./catalogue.ts";
import { createMirror } from "./server.ts";

const { address, port } = parseArgs({ options: { address: { type: "string" }, port: { type: "string" } } }).values;
// Testbeds' networks are IPv4; "all addresses" has many spellings in IPv6.
if (isIP(address ?? "") !== 4 || address === "0.0.0.0" || !/^\d{1,5}$/.test(port ?? "")) {
  process.stderr.write(
    "usage: main.ts --address ADDRESS --port PORT, with one IPv4 address of this host (never all of them)\n",
  );
  process.exit(2);
}

const server = createMirror((line) => process.stderr.write(`${line}\n`));
server.on("error", (error) => {
  process.stderr.write(`cannot serve on ${address} port ${port ?? ""}: ${error.message}\n`);
  process.exit(1);
});
server.listen({ host: address, port: Number(port) }, () => {
  const { tags, files, refused } = readCatalogue();
  for (const line of refused) process.stderr.write(`not served: ${line}\n`);
  const ready = { address, port: (server.address() as AddressInfo).port, images: tags.size, files: files.size };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
