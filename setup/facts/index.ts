import type { Fact } from "../fact.ts";
import { acceleration } from "./acceleration.ts";
import { disk, memory, processors } from "./capacity.ts";
import { cgroups, network } from "./kernel.ts";
import { libvirt } from "./libvirt.ts";

export const hostFacts: readonly Fact[] = [acceleration, processors, memory, disk, libvirt, network, cgroups];
