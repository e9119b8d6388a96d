import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { currentBackend, engineHome } from "./environment.ts";
import { repository } from "./statePaths.ts";

const prefix = "file://";

/**
 * Folder of the engine's state, where its backend is one of files: as the engine finds it, which works in this checkout.
 *
 * @param variables the environment that the engine gets. @returns undefined for every other backend.
 */
export function backendFolder(variables: NodeJS.ProcessEnv): string | undefined {
  const url = variables.PULUMI_BACKEND_URL ?? currentBackend(engineHome(variables));
  if (!url?.startsWith(prefix)) return undefined;
  const path = decodeURIComponent(url.slice(prefix.length).split("?")[0] ?? "");
  // The engine passes over two characters, whatever the second one is, and goes by the account, whatever $HOME says.
  return path.startsWith("~") ? join(userInfo().homedir, path.slice(2)) : resolve(repository, path);
}
