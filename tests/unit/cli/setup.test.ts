import { setUp } from "../../../cli/setup.ts";
import type { Step } from "../../../setup/step.ts";

/** Changes the host, so it has to be asked for. */
const asking: Step = {
  name: "asking",
  title: "something of the host",
  needs: [],
  check: () => Promise.resolve({ state: "missing", detail: "not there", fix: "get it" }),
  do: () => Promise.reject(new Error("must not be reached")),
  question: () => Promise.resolve("Install it?"),
};

test("where nobody can answer, the host is not changed, and the error says how to agree", async () => {
  // Jest's own standard input may be a terminal.
  const terminal = process.stdin.isTTY;
  process.stdin.isTTY = false;
  try {
    await expect(setUp([asking], {})).rejects.toMatchObject({
      name: "UserError",
      message: "Install it? Nobody is there to answer; say --yes to agree.",
    });
  } finally {
    process.stdin.isTTY = terminal;
  }
});
