import { engineAddress } from "../../../../providers/kit/serve.ts";

test.each([
  [["127.0.0.1:4000"], "127.0.0.1:4000"],
  [["--logtostderr", "-v=9", "127.0.0.1:4000"], "127.0.0.1:4000"],
  [["--tracing", "http://127.0.0.1:1/", "127.0.0.1:4000"], "127.0.0.1:4000"],
  [[], undefined],
])("the engine's address in %j", (args, address) => {
  expect(engineAddress(args)).toBe(address);
});
