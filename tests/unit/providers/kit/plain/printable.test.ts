import { printable, visible } from "../../../../../providers/kit/plain/printable.ts";

test.each([
  ["umlauts, 漢字, 🐌 and\ttabs\nstay", "umlauts, 漢字, 🐌 and\ttabs\nstay"],
  ["\u001b[2J\u001b]0;title\u0007", "\\u{1b}[2J\\u{1b}]0;title\\u{7}"],
  ["\u009b31m", "\\u{9b}31m"],
  ["100 %\rdone\r\n", "100 %\\u{d}done\n"],
  ["user\u202Egpj.exe", "user\\u{202e}gpj.exe"],
  ["a\u200bb\u2028c\u0000\u007f", "a\\u{200b}b\\u{2028}c\\u{0}\\u{7f}"],
  ["\ud800", "\\u{d800}"],
])("%j shows as %j", (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test("what somebody else says is cut off", () => {
  expect(printable("x".repeat(10_003))).toBe(`${"x".repeat(10_000)} [3 more characters]`);
  expect(visible("x".repeat(10_003))).toHaveLength(10_003);
});
