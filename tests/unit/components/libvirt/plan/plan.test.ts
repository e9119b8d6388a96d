import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planLibvirt } from "../../../../../components/libvirt/plan/plan.ts";
import { planTestbed } from "../../../../../components/plan/whole/plan.ts";
import { loadTestbed, specOrThrow } from "../../../../../components/experiment/whole/load.ts";
import { specOf } from "../../../../support/spec.ts";

const root = join(import.meta.dirname, "../../../../..");

test("what the quickstart's plan has of libvirt's own, whole", () => {
  const file = join(root, "stacks/quickstart.yaml");
  const common = planTestbed("quickstart", specOrThrow(loadTestbed(readFileSync(file, "utf8")), file));
  const { onHost, machines, ...rest } = planLibvirt(common);
  const own = { onHost, machines: machines.map(({ name, mac, names }) => ({ name, mac, names })) };
  const text = `${JSON.stringify(own, null, 1)}\n`;
  const expected = join(root, "tests/golden/quickstart.libvirt.json");
  if (process.env.STRATA_UPDATE_GOLDEN === "1") {
    writeFileSync(expected, text);
    throw new Error(`${expected} was written anew; read its diff, then run this without STRATA_UPDATE_GOLDEN`);
  }
  expect(text).toBe(readFileSync(expected, "utf8"));
  expect({ ...rest, machines: common.machines }).toEqual(common);
});

test("no two machines share a hardware address or a name, in whatever place", () => {
  const { machines } = planLibvirt(planTestbed("lab", specOf({ cloud: 40, edge: 40, endpoint: 400 }), "1f2e3d4c"));
  const own = machines.flatMap(({ mac, names: { domain, disk, seed } }) => [mac, domain, disk, seed]);
  expect(new Set(own).size).toBe(4 * machines.length);
});
