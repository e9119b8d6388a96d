import { kindNames, kindOf, type KindName } from "../../components/kinds/index.ts";
import type { SoftwareKind } from "../../components/kinds/kind.ts";
import type { Step } from "../../setup/step.ts";
import { imageStep } from "./image.ts";
import { pluginsOf } from "./plugins.ts";

const prepared = (when: SoftwareKind["setup"]): KindName[] => kindNames.filter((name) => kindOf(name).setup === when);

/** Kinds of software that setup prepares where it is asked to. */
export const askedKinds = prepared("asked");

/** The image of the experiments that come with Strata: what they have besides software is the workload. */
const imageWith = (kinds: readonly KindName[]): Step => imageStep([...prepared("always"), ...kinds, "workload"].sort());

/** What setup prepares beside its own steps: the machine image of most experiments. */
export const extraSteps: readonly Step[] = [imageWith([])];

/** What only testbeds with such software need beside that. The image takes half an hour where its parts have to be built. */
export function stepsOf(kind: KindName): Step[] {
  return [...pluginsOf([kind]).map(({ step }) => step), imageWith([kind])];
}
