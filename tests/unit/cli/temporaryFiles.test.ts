import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTemporaryFiles } from "../../../cli/temporaryFiles.ts";

test.each(["ends", "fails"])("what work leaves behind is gone when it %s", async (how) => {
  let directory = "";
  const work = withTemporaryFiles((given) => {
    directory = given;
    expect(statSync(given).mode & 0o777).toBe(0o700);
    writeFileSync(join(given, "kubeconfig1"), "secret");
    return how === "ends" ? Promise.resolve("done") : Promise.reject(new Error("failed"));
  });
  if (how === "ends") await expect(work).resolves.toBe("done");
  else await expect(work).rejects.toThrow("failed");
  expect(existsSync(directory)).toBe(false);
});
