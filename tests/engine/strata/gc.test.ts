// `strata gc` as a user runs it, on testbeds whose machine is on libvirt's test driver.
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { leaseRecord, recordLease } from "../../../local/lease.ts";
import { domain } from "../../../providers/libvirt/resources/domain.ts";
import { Libvirt } from "../../../providers/libvirt/rpc/libvirt.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";
import { Sandbox } from "../../support/strata.ts";
import { until } from "../../support/until.ts";

const hourMs = 3_600_000;

interface Report {
  go: { what: string; why: string }[];
  stay: { what: string; inUse?: string }[];
  gone: string[];
  failed: object[];
}

const problem = libvirtdProblem() ?? (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");
describeUnless(problem, "strata gc", () => {
  let daemon: PrivateLibvirtd;
  let context: Libvirt;
  let sandbox: Sandbox;

  beforeAll(async () => {
    daemon = await PrivateLibvirtd.start();
    // The test driver forgets everything when its last connection ends: this one stays.
    context = new Libvirt(daemon.uri("test"));
    sandbox = new Sandbox();
    process.env.STRATA_STATE = sandbox.state;
  });
  afterAll(async () => {
    await sandbox.clean();
    delete process.env.STRATA_STATE;
    context.close();
    await daemon.stop();
  });

  /** A stack with one machine, as an `up` has left it. */
  async function makeTestbed(stack: string): Promise<void> {
    const [project, testbed] = [`urn:pulumi:${stack}::strata`, "strata:index:Testbed"];
    const urnOf = (type: string, name: string): string => `${project}::${type}::${name}`;
    const urn = urnOf(`${testbed}$${domain.token}`, "cloud-0");
    const inputs = { name: `${stack}-cloud-0`, memory: 64, lease: 3600 };
    const operation = { name: "cloud-0", signal: new AbortController().signal, log: () => undefined };
    const { id, outputs } = await domain.create({ ...operation, urn, context }, inputs);
    await sandbox.succeed("pulumi", "stack", "init", stack, "--no-select");
    const exported = JSON.parse((await sandbox.succeed("pulumi", "stack", "export", "--stack", stack)).stdout) as {
      deployment: { resources?: object[] };
    };
    const root = { urn: urnOf("pulumi:pulumi:Stack", `strata-${stack}`), custom: false, type: "pulumi:pulumi:Stack" };
    const component = { urn: urnOf(testbed, stack), custom: false, type: testbed, parent: root.urn };
    const provider = {
      ...{ urn: urnOf(`${testbed}$pulumi:providers:libvirt`, "libvirt"), custom: true, parent: component.urn },
      ...{ id: "11111111-1111-4111-8111-111111111111", type: "pulumi:providers:libvirt" },
      ...{ inputs: { uri: daemon.uri("test") }, outputs: { uri: daemon.uri("test") } },
    };
    const machine = {
      ...{ urn, custom: true, id, type: domain.token, inputs, outputs: { ...outputs, ...inputs } },
      ...{ parent: component.urn, provider: `${provider.urn}::${provider.id}` },
    };
    exported.deployment.resources = [root, component, provider, machine];
    const file = join(sandbox.state, `${stack}.json`);
    writeFileSync(file, JSON.stringify(exported));
    await sandbox.succeed("pulumi", "stack", "import", "--stack", stack, "--file", file);
  }

  const machines = (): Promise<string[]> => daemon.listed("test", "list", "--all", "--name");
  const stacks = (): string[] =>
    readdirSync(join(sandbox.state, "pulumi/.pulumi/stacks/strata")).filter((name) => /^\w+\.json$/.test(name));
  const gc = async (...args: string[]): Promise<Report> =>
    JSON.parse((await sandbox.succeed("strata", "gc", "--testbeds", "--json", ...args)).stdout) as Report;
  const endLease = (stack: string): void => {
    recordLease(stack, 3600, Date.now() - 4 * hourMs);
  };

  test("a testbed that outlived its lease goes with its stack; others stay, and so does a machine with its name", async () => {
    for (const stack of ["expired", "kept", "forever"]) await makeTestbed(stack);
    const file = join(sandbox.state, "foreign.xml");
    writeFileSync(
      file,
      "<domain type='test'><name>expired-cloud-1</name><memory>65536</memory><os><type>hvm</type></os></domain>",
    );
    await daemon.virsh("test", "define", file);
    endLease("expired");
    recordLease("kept", 3600);

    const listed = await gc();
    expect(listed).toMatchObject({
      go: [{ what: "testbed expired", why: "its lease expired 3 h ago" }],
      stay: [{ what: "testbed kept", inUse: expect.stringMatching(/^its lease expires in (1 h|59 min)/) }],
      gone: [],
    });
    expect(stacks()).toEqual(["expired.json", "forever.json", "kept.json"]);
    const asked = await sandbox.succeed("strata", "gc", "--testbeds");
    expect(asked.all).toContain("testbed expired");
    expect(asked.all).toContain("nothing was taken away, as nobody can be asked here: strata gc --yes");
    expect(await machines()).toEqual(["expired-cloud-0", "expired-cloud-1", "forever-cloud-0", "kept-cloud-0", "test"]);

    expect(await gc("--yes")).toMatchObject({ gone: ["testbed expired"], failed: [] });
    expect(await machines()).toEqual(["expired-cloud-1", "forever-cloud-0", "kept-cloud-0", "test"]);
    expect(stacks()).toEqual(["forever.json", "kept.json"]);
    expect(existsSync(leaseRecord("expired"))).toBe(false);
    expect(await gc("--yes")).toMatchObject({ go: [], gone: [] });
  });

  const engineLocks = (): string[] => {
    const folder = join(sandbox.state, "pulumi/.pulumi/locks");
    const names = existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
    return names.filter((name) => /killed\/[^/]+\.json$/.test(name));
  };

  test.each<[string, () => boolean]>([
    ["it has the testbed", () => existsSync(join(sandbox.state, "locks/killed.lock"))],
    ["its engine has", () => engineLocks().length > 0],
  ])("killed when %s, the next one goes on", async (moment, reached) => {
    await makeTestbed("killed");
    endLease("killed");
    const run = sandbox.startGroup("strata", "gc", "--testbeds", "--yes");
    await until(moment, 60_000, reached, 20);
    process.kill(-(run.pid ?? 0), "SIGKILL");
    await run;
    expect(existsSync(leaseRecord("killed"))).toBe(true);
    expect(await gc("--yes")).toMatchObject({ gone: ["testbed killed"], failed: [] });
    expect(await machines()).toEqual(["expired-cloud-1", "forever-cloud-0", "kept-cloud-0", "test"]);
    expect(stacks()).toEqual(["forever.json", "kept.json"]);
    expect(existsSync(leaseRecord("killed"))).toBe(false);
  });

  test("what happens is told as events, and of a testbed that can't be removed the others go all the same", async () => {
    endLease("kept");
    endLease("forever");
    // Its state can't be read, nor is there a backup that could.
    const state = join(sandbox.state, "pulumi/.pulumi/stacks/strata/forever.json");
    for (const name of [state, `${state}.bak`]) writeFileSync(name, "{");
    const { exitCode, stdout, all } = await sandbox.run("strata", "gc", "--testbeds", "--yes", "--events");
    const events = stdout.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    const ended = events.filter(({ kind }) => kind === "ended").map(({ item, outcome }) => ({ item, outcome }));
    expect(ended).toContainEqual({ item: { type: "testbed", name: "testbed forever" }, outcome: "failed" });
    expect(ended).toContainEqual({ item: { type: "testbed", name: "testbed kept" }, outcome: "done" });
    expect(events.at(-1)).toMatchObject({ kind: "ended", command: "gc", exitStatus: 1, outcome: "failed" });
    expect([exitCode, all.includes("testbed forever stays: ")]).toEqual([1, true]);
    expect(await machines()).toEqual(["expired-cloud-1", "forever-cloud-0", "test"]);
    for (const name of readdirSync(join(state, "..")).filter((file) => file.startsWith("forever"))) {
      rmSync(join(state, "..", name));
    }
  });
});
