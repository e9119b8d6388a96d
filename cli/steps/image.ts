import { buildMachineImage, machineImage } from "../../artifacts/machine-image/index.ts";
import { kindNames, kindOf } from "../../components/kinds/index.ts";
import type { Step } from "../../setup/step.ts";

/** The machine image as a step of setup, built beside the engine. */
export function imageStep(kinds: string[]): Step {
  return {
    name: `machine image ${kinds.join(" ")}`,
    title: titleOf(kinds),
    needs: ["host packages"],
    check: () => {
      const { key, state, problem } = machineImage(kinds);
      if (state === "ready") return Promise.resolve({ state, detail: key });
      const detail = state === "missing" ? `${key} has not been built` : `${key} is damaged: ${problem ?? "checksum"}`;
      return Promise.resolve({ state: "missing", detail, fix: "run ./strata setup" });
    },
    // Packages are installed into a root file system.
    needsRoot: true,
    do: async (report, signal) => {
      await buildMachineImage(
        kinds,
        (activity, artifact) => {
          report({ ...activity, detail: artifact, of: { type: "artifact", name: artifact } });
        },
        signal,
      );
    },
  };
}

/** Names what takes long to build. */
function titleOf(kinds: string[]): string {
  const asked = kindNames.filter((kind) => kinds.includes(kind) && kindOf(kind).setup === "asked");
  return ["machine image", ...asked.map((kind) => kindOf(kind).title)].join(" with ");
}
