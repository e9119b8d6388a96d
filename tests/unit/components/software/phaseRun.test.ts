import { planPhaseRun, type PhaseRole } from "../../../../components/software/phaseRun.ts";

const base: PhaseRole = { role: "base", hash: "aaa", variables: {} };
const mqtt: PhaseRole = { role: "mqtt", hash: "bbb", variables: { mqtt_port: 1883 } };
const applied = { base: "aaa {}", mqtt: 'bbb {"mqtt_port":1883}' };

test("on a new machine all roles run, in their order", () => {
  expect(planPhaseRun([mqtt, base], {})).toEqual({ apply: [mqtt, base], remove: [], applied });
});

test("nothing runs where nothing changed", () => {
  expect(planPhaseRun([base, mqtt], applied)).toEqual({ apply: [], remove: [], applied });
});

test("only the role whose files changed runs", () => {
  const changed = { ...mqtt, hash: "ccc" };
  expect(planPhaseRun([base, changed], applied)).toEqual({
    apply: [changed],
    remove: [],
    applied: { base: "aaa {}", mqtt: 'ccc {"mqtt_port":1883}' },
  });
});

test("only the role whose variables changed runs", () => {
  const changed = { ...mqtt, variables: { mqtt_port: 8883 } };
  expect(planPhaseRun([base, changed], applied).apply).toEqual([changed]);
});

test("a role that is no longer wanted is undone", () => {
  expect(planPhaseRun([base], applied)).toEqual({ apply: [], remove: ["mqtt"], applied: { base: "aaa {}" } });
});

test("a machine can lose all its roles", () => {
  expect(planPhaseRun([], applied)).toEqual({ apply: [], remove: ["base", "mqtt"], applied: {} });
});
