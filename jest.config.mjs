// How fast this machine is, is measured here, before jest starts its workers, which have it from this process.
import "./tests/support/patience.ts";

// The suites, cheapest first; `./strata test unit` runs one of them alone. ES modules run natively
// (NODE_OPTIONS=--experimental-vm-modules, set by the launcher), so tests load the code just as Node does.
const suite = ([name, limitMinutes]) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: "node",
  // Of one test or hook, on the machine of reference: only against hanging.
  globals: { limitMinutes },
  setupFilesAfterEnv: ["<rootDir>/tests/support/limit.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "es6" } },
    ],
  },
});

const suites = [
  ["unit", 5],
  ["engine", 12],
  ["e2e", 40],
  // No check: it takes an hour and a half of real machines (`npm run faults`).
  ["faults", 120],
];

export default { projects: suites.map(suite) };
