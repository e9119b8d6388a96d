import { execa } from "execa";
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTestbed } from "../../../components/standing/read.ts";
import { floorAddressOf, processorOf, reachOf } from "../../../components/contract/capabilities.ts";
import { copyTree } from "../../support/copyTree.ts";

const toy = join(import.meta.dirname, "../../support/toyInfrastructure");
let copy: string;

beforeAll(() => {
  copy = copyTree();
  cpSync(join(toy, "program.ts"), join(copy, "program.ts"));
  // One folder, one line.
  mkdirSync(join(copy, "components/toy"));
  for (const file of ["kind.ts", "infrastructure.ts"]) {
    const text = readFileSync(join(toy, file), "utf8").replaceAll("../../../components/", "../");
    writeFileSync(join(copy, "components/toy", file), text.replaceAll("../../../local/", "../../local/"));
  }
  appendFileSync(
    join(copy, "components/experiment/whole/infrastructureKinds.ts"),
    'export { toy } from "../../toy/kind.ts";\n',
  );
});
afterAll(() => {
  rmSync(copy, { recursive: true });
});

const run = (args: object) =>
  execa(process.execPath, ["--disable-warning=ExperimentalWarning", "program.ts", JSON.stringify(args)], {
    cwd: copy,
    env: { STRATA_STATE: join(copy, ".strata") },
    reject: false,
    timeout: 300_000,
  });

interface Registered {
  registered: { type: string; name: string; inputs: Record<string, unknown> }[];
  testbed: unknown;
}

const args = {
  tiers: { cloud: { count: 1 }, endpoint: { count: 2, memory: "512 MiB" } },
  links: { "cloud-endpoint": { latency: "5 ms" } },
};

test("a kind of infrastructure is a folder and a line: its machines are made, reached and shaped", async () => {
  const { stdout, stderr } = await run({ ...args, provider: { kind: "toy", network: "10.83.0.0/16" } });
  expect(stderr).toBe("");
  const { registered, testbed } = JSON.parse(stdout) as Registered;
  const names = (type: string) => registered.filter((one) => one.type === type).map(({ name }) => name);
  const machines = ["cloud-0", "endpoint-0", "endpoint-1"];
  expect(names("toy:index:Machine").sort()).toEqual(machines);
  expect(names("strata:net:Reachable").sort()).toEqual(machines.map((name) => `${name}-reachable`));
  expect(registered.filter(({ type }) => type.startsWith("libvirt:"))).toEqual([]);
  const inputs = (name: string) =>
    registered.find((one) => one.name === name && !one.type.startsWith("strata:index:"))?.inputs;
  expect(inputs("endpoint-1")).toEqual({
    ...{ address: "10.83.128.2", memoryMiB: 512, colour: "red", publicKey: "user" },
  });
  expect(inputs("credentials")).toMatchObject({ stack: "lab", user: "toy" });
  expect(inputs("endpoint-1-reachable")).toMatchObject({
    ...{ address: "10.83.128.2", machineId: "endpoint-1.id", through: "ssh://toy@shop", timeoutSeconds: 60 },
  });
  expect(inputs("endpoint-1-shaping")).toMatchObject({ device: "ens4", machineId: "endpoint-1.id" });

  const read = readTestbed(testbed, "lab");
  expect([read.provider, read.image, read.ssh]).toEqual([{ kind: "toy", reach: "ssh" }, "wood", { user: "toy" }]);
  const floor = floorAddressOf(read, read.machines[0]!);
  expect([processorOf(read), reachOf(read), floor]).toEqual(["hardware", "ssh", undefined]);
});

test("its own fields and rules hold, and no other kind's", async () => {
  const refusal = async (provider: object) => (await run({ ...args, provider })).stderr;
  expect(await refusal({ kind: "toy", colour: "invisible" })).toContain(
    "provider.colour: nobody sees such machines; choose another colour",
  );
  expect(await refusal({ kind: "toy", host: "auto" })).toContain("provider.host: ");
});
