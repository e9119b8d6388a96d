import { defaultNetwork, planNetwork } from "../../../components/plan/addressing.ts";
import { machineName } from "../../../components/plan/naming.ts";
import { planTestbed } from "../../../components/plan/whole/plan.ts";
import { specOf } from "../../support/spec.ts";

test("a machine's name is its tier and index", () => {
  expect(machineName("endpoint", 7)).toBe("endpoint-7");
});

test("the default network and the plan are the place's, and without one as they were", () => {
  const spec = specOf({ cloud: 1, edge: 0, endpoint: 1 });
  const plans = ["", "1f2e3d4c", "1f2e3d4d"].map((place) => planTestbed("lab", spec, place));
  expect(plans.map(({ place, network }) => [place, network.cidr])).toEqual([
    [undefined, "10.83.0.0/16"],
    ["1f2e3d4c", "10.113.0.0/16"],
    ["1f2e3d4d", "10.70.0.0/16"],
  ]);
  expect(JSON.stringify(planTestbed("lab", spec, "1f2e3d4c"))).toBe(JSON.stringify(plans[1]));
});

test("the default network is one of 64, by the stack's name", () => {
  expect(planNetwork("quickstart")).toEqual({
    cidr: "10.100.0.0/16",
    prefixLength: 16,
    hostAddress: "10.100.255.254",
  });
  const second = Array.from({ length: 1000 }, (_, i) => Number(defaultNetwork(`stack-${i}`).split(".")[1]));
  expect([Math.min(...second), Math.max(...second), new Set(second).size]).toEqual([64, 127, 64]);
});
