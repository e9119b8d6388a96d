import Sequencer from "@jest/test-sequencer";

/** What may be left out when time runs short (budget.ts) comes last. */
const last = "tests/e2e/kubernetes.test.ts";

export default class extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => Number(a.path.endsWith(last)) - Number(b.path.endsWith(last)));
  }
}
