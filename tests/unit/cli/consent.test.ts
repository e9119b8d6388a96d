import { jest } from "@jest/globals";

let answer = "";
let previewStatus = 0;
/** What was asked of the engine and of the user. */
const asked: string[] = [];
jest.unstable_mockModule("../../../cli/engine/run.ts", () => ({
  runEngine: (args: string[], isPreview: boolean) =>
    Promise.resolve(asked.push(`${args.join(" ")} ${isPreview}`)).then(() => ({ exitStatus: previewStatus })),
}));
jest.unstable_mockModule("node:readline/promises", () => ({
  createInterface: () => ({
    question: (text: string) => Promise.resolve(asked.push(text.trim())).then(() => answer),
    close: () => undefined,
  }),
}));
const { consent } = await import("../../../cli/testbed/consent.ts");

const terminal = process.stdin.isTTY;
beforeEach(() => {
  asked.length = 0;
  previewStatus = 0;
  process.stdin.isTTY = true;
});
afterEach(() => {
  process.stdin.isTTY = terminal;
});

test("the preview is shown, then who is there is asked, and yes is the engine's consent", async () => {
  answer = "y";
  expect(await consent(["preview", "--stack", "lab"], undefined)).toEqual(["--yes", "--skip-preview"]);
  expect(asked).toEqual(["preview --stack lab true", "Do this? [y/N]"]);
});

test.each(["", "n", "yesterday"])("%j is no consent", async (given) => {
  answer = given;
  await expect(consent(["preview"], undefined)).rejects.toMatchObject({
    name: "UserError",
    message: "nothing was changed",
  });
});

test("where nobody is there, the engine itself says how to agree", async () => {
  process.stdin.isTTY = false;
  expect(await consent(["preview"], undefined)).toEqual([]);
  expect(asked).toEqual([]);
});

test("a preview that fails is not agreed to", async () => {
  previewStatus = 255;
  await expect(consent(["preview"], undefined)).rejects.toThrow("the preview failed, so nothing was changed");
  expect(asked).toEqual(["preview true"]);
});
