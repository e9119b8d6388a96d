import { cancellable } from "../../../artifacts/store/cancel.ts";
import { run } from "../../../artifacts/store/run.ts";

test("gives standard output, and each line as it comes", async () => {
  const lines: string[] = [];
  const output = await run({
    what: "counting",
    command: "sh",
    args: ["-c", "echo $WORD; echo two"],
    environment: { WORD: "one" },
    limitSeconds: 10,
    onLine: (line) => lines.push(line),
  });
  expect(output).toBe("one\ntwo");
  expect(lines).toEqual(["one", "two"]);
});

test("a failure shows what was done, the status and the end of the output", async () => {
  const failing = run({
    what: "counting",
    command: "sh",
    args: ["-c", "echo a; echo b >&2; exit 3"],
    limitSeconds: 10,
  });
  await expect(failing).rejects.toThrow("counting failed (sh: exit status 3):\na\nb");
});

test("a missing program and a time limit are said", async () => {
  await expect(run({ what: "x", command: "strata-no-such", args: [], limitSeconds: 1 })).rejects.toThrow(
    /x failed \(strata-no-such: .*ENOENT/,
  );
  await expect(run({ what: "x", command: "sleep", args: ["60"], limitSeconds: 0.1 })).rejects.toThrow(
    "x failed (sleep: took longer than 0.1 s)",
  );
});

test("cancelling ends the program", async () => {
  const controller = new AbortController();
  const running = cancellable(controller.signal, () =>
    run({ what: "x", command: "sleep", args: ["60"], limitSeconds: 60 }),
  );
  controller.abort(new Error("stopped by the user"));
  await expect(running).rejects.toThrow("stopped by the user");
});
