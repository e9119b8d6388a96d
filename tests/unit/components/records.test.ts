import { imageKey, uses, leases, previewOf, recorded, registrationsOf, renewed } from "../../support/registrations.ts";

beforeEach(() => {
  recorded.length = 0;
  leases.length = 0;
  renewed.length = 0;
  uses.length = 0;
});

test("an update records where it builds and until when, a preview nothing", async () => {
  await registrationsOf("lab", { tiers: { cloud: { count: 1 } } });
  expect(recorded).toEqual([["lab", { id: "", host: "embedded" }]]);
  expect(leases).toEqual([["lab", undefined]]);
  expect(uses).toEqual([["lab", { image: imageKey([]), mirror: false }]]);
  for (const list of [recorded, leases, uses]) list.length = 0;
  await previewOf("lab", { tiers: { cloud: { count: 1 } }, lease: "8 h" });
  expect([recorded, leases, uses]).toEqual([[], [], []]);
});

test("a lease is an input of each machine, and begun anew where the machines are", async () => {
  const { registrations } = await registrationsOf("lab", { tiers: { cloud: { count: 2 } }, lease: "8 h" });
  const machines = registrations.filter(({ type }) => type === "libvirt:index/domain:Domain");
  expect(machines.map(({ inputs }) => inputs.lease)).toEqual([28_800, 28_800]);
  expect(leases).toEqual([["lab", 28_800]]);
  expect(renewed).toEqual([[28_800, 2]]);
  await registrationsOf("lab", { tiers: { cloud: { count: 1 } }, lease: "none" });
  expect(leases[1]).toEqual(["lab", undefined]);
  expect(renewed).toHaveLength(1);
});
