import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { patient } from "../../support/patience.ts";

const main = join(import.meta.dirname, "../../../artifacts/serve/main.ts");

test.each([
  ["all addresses", ["--address", "0.0.0.0", "--port", "5000"]],
  ["all addresses, in IPv6", ["--address", "::0", "--port", "5000"]],
  ["no address", ["--port", "5000"]],
  ["a name", ["--address", "localhost", "--port", "5000"]],
  ["no port", ["--address", "127.0.0.1"]],
  ["an address and a socket", ["--address", "127.0.0.1", "--port", "5000", "--socket", "/nowhere/socket"]],
])("%s: refused before anything is served", (_, args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: "utf8",
    timeout: patient(20_000),
  });
  expect(stderr).toContain("with one IPv4 address of this host (never all of them)");
  expect(stdout).toBe("");
  expect(status).toBe(2);
});
