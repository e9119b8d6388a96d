import { reportError } from "../../../../cli/terminal/reportError.ts";
import { UserError } from "../../../../cli/terminal/userError.ts";

function reported(error: unknown): { status: number; text: string } {
  let text = "";
  const status = reportError(error, (part) => (text += part));
  return { status, text };
}

afterEach(() => {
  delete process.env.STRATA_DEBUG;
});

test("an error is one sentence, without a stack trace", () => {
  expect(reported(new UserError("there is no stack lab"))).toEqual({
    status: 1,
    text: "strata: there is no stack lab\n",
  });
  expect(reported("just text")).toEqual({ status: 1, text: "strata: just text\n" });
});

test("STRATA_DEBUG adds the stack trace", () => {
  process.env.STRATA_DEBUG = "1";
  expect(reported(new UserError("there is no stack lab")).text).toMatch(
    /^strata: there is no stack lab\nUserError: .*\n +at /,
  );
});

test("an interrupt has the shell's exit status", () => {
  expect(reported(new DOMException("This operation was aborted", "AbortError"))).toEqual({
    status: 130,
    text: "strata: interrupted\n",
  });
});
