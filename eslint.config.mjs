import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules", ".strata", "coverage"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ["*.mjs"] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "max-lines": ["error", { max: 300, skipBlankLines: false, skipComments: false }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-console": "error",
    },
  },
  {
    files: ["benchmarks/**"],
    // Runs in containers on the machines, on one photo at a time.
    ignores: ["benchmarks/workloads/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "CallExpression[callee.object.name='Math'] > SpreadElement, CallExpression[callee.property.name=/^(push|unshift)$/] > SpreadElement",
          message:
            "Spread arguments go onto the stack, and 120,000 samples overflow it; see benchmarks/metrics/extent.ts.",
        },
      ],
    },
  },
  { files: ["**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ["tests/**"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off", "@typescript-eslint/no-unsafe-assignment": "off" },
  },
);
