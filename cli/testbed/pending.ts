import * as infrastructureKinds from "../../components/experiment/whole/infrastructureKinds.ts";
import { pendingCreates } from "../pulumi/engineState.ts";
import { engineFolder, pulumiOutput, runPulumi } from "../pulumi/run.ts";
import { interrupted } from "../terminal/reportError.ts";
import { say } from "../terminal/say.ts";

/** How the types of resources begin that are outside of the machines, and would stay after them. */
const outside = [
  ...Object.values(infrastructureKinds).flatMap(({ resources }) => resources),
  ...["strata:mirror:", "strata:access:Forward"],
];

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;
const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";

/**
 * After an update that has succeeded: what an earlier one was creating when it was killed has been taken over by its name, and the
 * engine need not warn of it any more. Of what is no longer in the experiment, it is said that it may be there.
 */
export async function forgetTaken(stack: string): Promise<void> {
  const folder = engineFolder();
  const pending = folder === undefined ? [] : pendingCreates(folder, stack);
  if (pending.length === 0) return;
  // Importing a state leaves out what was pending.
  const state = await pulumiOutput(["stack", "export", "--stack", stack]);
  await pulumiOutput(["stack", "import", "--stack", stack], state);
  const lost = pending.filter(({ taken }) => !taken).map(({ urn }) => nameOf(urn));
  say(
    `${pending.length - lost.length} resources that a killed run had begun were taken over; the engine warns of them no more`,
  );
  if (lost.length === 0) return;
  say(
    `it had also begun ${lost.join(", ")}, which the experiment does not have any more: look whether it is there, and remove it`,
  );
}

/** Before a destroy: what is not in the state could not be removed, so its creation is brought to an end first. */
export async function finishPending(stack: string): Promise<void> {
  const folder = engineFolder();
  const pending = folder === undefined ? [] : pendingCreates(folder, stack);
  const urns = pending.map(({ urn }) => urn).filter((urn) => outside.some((type) => typeOf(urn).startsWith(type)));
  if (urns.length === 0) return;
  say(
    `a killed run had begun ${urns.map(nameOf).join(", ")}: that is finished first, so that it is removed with the rest`,
  );
  const targets = urns.flatMap((urn) => ["--target", urn]);
  const status = await runPulumi(["up", "--stack", stack, "--yes", "--skip-preview", ...targets]);
  if (status === interrupted) throw new DOMException("interrupted", "AbortError");
  if (status !== 0)
    say(`it could not be finished; look after the destroy whether ${urns.map(nameOf).join(", ")} is there`);
}
