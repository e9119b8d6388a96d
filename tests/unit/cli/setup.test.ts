import { jest } from "@jest/globals";
import type { Step } from "../../../setup/step.ts";

/** What would have run on the terminal, and how it ends. */
const ran: string[] = [];
let status = 0;
jest.unstable_mockModule("../../../cli/terminal/runInherited.ts", () => ({
  runInherited: (command: string, args: string[]) =>
    Promise.resolve(ran.push([command, ...args].join(" "))).then(() => status),
}));
const { setUp } = await import("../../../cli/setup.ts");

// Jest's own standard input may be a terminal.
const terminal = process.stdin.isTTY;
const getuid = process.getuid!;
beforeEach(() => {
  ran.length = 0;
});
afterEach(() => {
  process.stdin.isTTY = terminal;
  process.getuid = getuid;
});

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
  process.stdin.isTTY = false;
  await expect(setUp([asking], {})).rejects.toMatchObject({
    name: "UserError",
    message: "Install it? Nobody is there to answer; say --yes to agree.",
  });
});

describe("a step that works as root", () => {
  const image: Step = { ...asking, name: "image", title: "machine image", needsRoot: true };
  delete image.question;

  test("has sudo ask for its password before, though nothing has to be agreed to", async () => {
    process.stdin.isTTY = true;
    process.getuid = () => 1000;
    status = 1;
    await expect(setUp([image], { yes: true })).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(
        /^sudo is needed for: (.*, )?machine image; do that as root, then run this again$/,
      ),
    });
    expect(ran).toEqual(["sudo -v"]);
  });
});
