import { execFileSync } from "node:child_process";
import { exportLines } from "../../../cli/env.ts";

test("a shell that evaluates the lines gets the values, whatever is in them", () => {
  const awkward = "a 'quoted' $HOME `id` \"x\" \\ ü";
  const lines = exportLines({ STRATA_TRIAL: awkward, STRATA_OTHER: "plain" });
  const seen = execFileSync("sh", ["-c", `eval "$LINES"; printf '%s|%s' "$STRATA_TRIAL" "$STRATA_OTHER"`], {
    encoding: "utf8",
    env: { LINES: lines },
  });
  expect(seen).toBe(`${awkward}|plain`);
});
