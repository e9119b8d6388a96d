// The three suites, cheapest first; `./strata test unit` runs one of them alone. ES modules run natively
// (NODE_OPTIONS=--experimental-vm-modules, set by the launcher), so tests load the code just as Node does.
const suite = (name) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "es6" } },
    ],
  },
});

// "faults" is no check: it takes an hour and a half of real machines (`npm run faults`).
export default { projects: ["unit", "engine", "e2e", "faults"].map(suite) };
