import { machineText } from "../../../../cli/checks/machine.ts";

const saved = { ...process.env };
afterEach(() => {
  process.env = { ...saved };
});

test("versions, and variables that tests can see, tell one machine from another", async () => {
  const before = await machineText();
  expect(await machineText()).toBe(before);
  expect(JSON.parse(before)).toEqual(expect.arrayContaining([process.version, process.arch]));
  process.env.STRATA_KILLS = "10";
  expect(await machineText()).not.toBe(before);
});

test("what a run sets for itself does not, and secrets are not in it", async () => {
  const before = await machineText();
  process.env.STRATA_TEST_PATIENCE = "7";
  process.env.PULUMI_ACCESS_TOKEN = "secret one";
  process.env.PULUMI_CONFIG_PASSPHRASE = "secret two";
  expect(await machineText()).toBe(before);
});
