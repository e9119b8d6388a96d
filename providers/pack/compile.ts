import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const providers = join(import.meta.dirname, "..");

/**
 * Compiles folders of providers/ to JavaScript with declarations: Node.js strips no types below node_modules.
 *
 * @returns the npm packages that they import.
 * @throws Error when they import files of other folders.
 */
export function compile(folders: string[], outDir: string): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(providers, "../tsconfig.json"),
    { noEmit: false, declaration: true, rewriteRelativeImportExtensions: true, rootDir: providers, outDir },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: refuse },
  );
  const isOurs = (file: string): boolean => folders.some((folder) => file.startsWith(join(providers, folder, "/")));
  const files = config?.fileNames.filter(isOurs) ?? [];
  const program = ts.createProgram(files, config?.options ?? {});
  const all = program.getSourceFiles().map(({ fileName }) => fileName);
  const foreign = all.filter((file) => !isOurs(file) && !file.includes("/node_modules/"));
  if (foreign.length > 0) throw new Error(`${folders.join(" or ")} imports what is not packed: ${foreign.join(", ")}`);
  program.emit().diagnostics.forEach(refuse);
  return [...new Set(files.flatMap(importedPackages))].sort();
}

function importedPackages(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
  return importedFiles.flatMap(({ fileName }) => /^(?!node:)(@[^/]+\/)?[^./][^/]*/.exec(fileName)?.[0] ?? []);
}

function refuse({ messageText }: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
}
