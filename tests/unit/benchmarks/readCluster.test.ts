// What is asked of a cluster that can't answer each time, with programs in kubectl's and sleep's place.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCluster } from "../../../benchmarks/cluster/state.ts";
import type { Transport } from "../../../benchmarks/transport/transport.ts";
import { clusterList } from "../../support/workload/clusterList.ts";

const directory = mkdtempSync(join(tmpdir(), "cluster-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const control = { name: "cloud-0", address: "10.0.0.1" };
const transport = {
  run: (_: unknown, command: string) => {
    const env = { PATH: `${directory}:${process.env.PATH ?? ""}` };
    return Promise.resolve(execFileSync("sh", ["-c", command], { env, encoding: "utf8", stdio: "pipe" }));
  },
} as unknown as Transport;

/** A cluster that answers the look of that number, and what the looks before it are told. */
function answersAt(number: number): void {
  const list = JSON.stringify(clusterList([{ name: "w-a", node: "cloud-1" }], [{ name: "cloud-1", ready: true }]));
  writeFileSync(join(directory, "list.json"), list);
  writeFileSync(join(directory, "looks"), "");
  writeFileSync(join(directory, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
  const kubectl = `echo look >> ${directory}/looks
[ "$(wc -l < ${directory}/looks)" -ge ${number} ] && exec cat ${directory}/list.json
echo "Unable to connect to the server: net/http: TLS handshake timeout" >&2
exit 1
`;
  writeFileSync(join(directory, "kubectl"), `#!/bin/sh\n${kubectl}`, { mode: 0o755 });
}
const looks = (): number => readFileSync(join(directory, "looks"), "utf8").split("\n").length - 1;

test.each([1, 2, 5])("an answer to look %d is one", async (number) => {
  answersAt(number);
  const { pods } = await readCluster(transport, control, 1000);
  expect([pods.map(({ name }) => name), looks()]).toEqual([["w-a"], number]);
});

test("a cluster that never answers is left with its own words", async () => {
  answersAt(99);
  const look = Promise.resolve().then(() => readCluster(transport, control, 1000));
  await expect(look).rejects.toThrow("TLS handshake timeout");
  expect(looks()).toBe(5);
});
