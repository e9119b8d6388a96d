import { posix } from "node:path";
import type { Tree } from "./tree.ts";

/** What only some tests reach: paths of the tree, and the words by which one knows such a test. */
const reachedBySome: readonly { paths: RegExp; words: RegExp; because: string }[] = [
  {
    paths: /^docs\/|^[^/]+\.md$/,
    words: /["`/]docs["`/]|\.md["`]/,
    because: "no program reads its documentation",
  },
  {
    paths: /^ansible\//,
    // A path with that folder in it; what copies the whole checkout (tests/support).
    words: /["`](?:[^"`\n]*\/)?ansible["`/]|\bcpSync\(root\b/,
    because: "roles are applied by what components/software starts, and providers know nothing of components",
  },
];

/**
 * The files of the tree that can change how a part ends: of a whole suite all; of a test file all but other tests, and of
 * what only some reach (above) what it does.
 *
 * @param part "lint", "tests/engine/strata/node.test.ts".
 * @param textOf a file's text, by its path in the tree.
 */
export function inputsOf(part: string, tree: Tree, textOf: (path: string) => string): string[] {
  const paths = [...tree.keys()];
  if (part === "types") return paths.filter((path) => /\.(ts|json)$/.test(path));
  if (!part.startsWith("tests/")) return paths;
  const texts = importsOf(part, tree, textOf).map(textOf);
  const unreached = reachedBySome.filter(({ words }) => !texts.some((text) => words.test(text)));
  return paths.filter(
    (path) => (path === part || !path.endsWith(".test.ts")) && !unreached.some((some) => some.paths.test(path)),
  );
}

/** The file, and what it reaches by relative paths that stand in it. */
function importsOf(file: string, tree: Tree, textOf: (path: string) => string): string[] {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path) || !tree.has(path)) return;
    seen.add(path);
    for (const [, to = ""] of textOf(path).matchAll(/["'`](\.{1,2}\/[^"'`\n]+)["'`]/g))
      visit(posix.join(posix.dirname(path), to));
  };
  visit(file);
  return [...seen];
}
