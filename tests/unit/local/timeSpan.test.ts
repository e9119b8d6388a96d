import { spanText } from "../../../local/timeSpan.ts";

test.each([
  [0, "0 s"],
  [-5, "0 s"],
  [45, "45 s"],
  [59.6, "1 min"],
  [28_800, "8 h"],
  [28_845, "8 h"],
  [22_350, "6 h 12 min"],
  [183_600, "2 d 3 h"],
])("%d s are %s", (seconds, text) => {
  expect(spanText(seconds)).toBe(text);
});
