import { buildMachineImage, machineImage } from "../artifacts/machine-image/index.ts";
import type { Step } from "../setup/step.ts";

/** The machine image as a step of setup, built beside the engine. */
export function imageStep(kinds: string[]): Step {
  return {
    name: `machine image ${kinds.join(" ")}`,
    title: kinds.includes("kubernetes") ? "machine image with Kubernetes" : "machine image",
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
      await buildMachineImage(kinds, report, signal);
    },
  };
}
