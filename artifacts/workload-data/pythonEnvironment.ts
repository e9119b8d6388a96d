import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ArtifactError } from "../store/errors.ts";
import { run } from "../store/run.ts";

const installLimitSeconds = 900;
const runLimitSeconds = 1200;
/** Oldest Python that the pinned packages have binaries for. */
const oldest = "3.11";

export interface PythonEnvironment {
  /** Folder of the installed packages. */
  packages: string;
  /** Runs a program of ours; `what` is for messages. */
  run: (what: string, args: string[]) => Promise<void>;
}

/**
 * A Python environment in `directory`, with exactly the packages that a requirements file lists by version and hash.
 *
 * @throws ArtifactError when Python is missing, too old, or a package is not what was pinned.
 */
export async function createPythonEnvironment(directory: string, requirements: string): Promise<PythonEnvironment> {
  const check = `import sys; sys.exit(sys.version_info < (${oldest.replace(".", ",")}))`;
  try {
    await run({ what: "looking for Python", command: "python3", args: ["-c", check], limitSeconds: 30 });
    await run({
      what: "making a Python environment",
      command: "python3",
      args: ["-m", "venv", directory],
      limitSeconds: 300,
    });
  } catch (error) {
    throw new ArtifactError(
      `the workload's photos and network are made with Python ${oldest} or newer and its venv module: ` +
        "install the packages python3 and python3-venv, then try again",
      { cause: error },
    );
  }
  const python = join(directory, "bin/python");
  await run({
    what: "installing Python packages",
    command: python,
    args: [
      ...["-m", "pip", "install", "--quiet", "--no-input", "--no-compile", "--only-binary=:all:"],
      ...["--no-deps", "--require-hashes", "--requirement", requirements],
    ],
    limitSeconds: installLimitSeconds,
  });
  const [version = ""] = readdirSync(join(directory, "lib"));
  return {
    packages: join(directory, "lib", version, "site-packages"),
    run: async (what, args) => {
      // Without compiled files beside our sources: a checkout stays as it was.
      // onnxruntime would report its use to its publisher.
      const environment = { ORT_DISABLE_TELEMETRY: "1" };
      await run({ what, command: python, args: ["-B", ...args], environment, limitSeconds: runLimitSeconds });
    },
  };
}
