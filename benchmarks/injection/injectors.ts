import type { MachineOutputs, TestbedOutputs } from "../../components/contract/testbed.ts";
import type { FaultSpec } from "../../components/experiment/fault.ts";
import type { OffsetMeasurement } from "../metrics/clock.ts";
import { asError } from "../../providers/kit/plain/errors.ts";
import type { Limits } from "../parts/limits.ts";
import type { Transport } from "../transport/transport.ts";
import { faultOrders, type FaultOrder } from "./faultOrders.ts";
import { RemoteInjector, type InjectorResult } from "./remoteInjector.ts";
import { tracedMachines } from "./traces.ts";

/** What the injectors of a repetition left behind. */
export interface TimelineData {
  /** Planned start of measuring, in ms since 1970 by the reference clock; absent: it was not reached. */
  beginMs?: number;
  /** By machine. */
  results: Map<string, InjectorResult>;
}

/** All injectors of one repetition: on every machine that has a trace or a part in a fault. */
export class Injectors {
  readonly machines: MachineOutputs[];
  readonly data: TimelineData = { results: new Map() };
  readonly #orders: Map<string, FaultOrder[]>;
  readonly #injectors: RemoteInjector[];
  readonly #limits: Limits;

  constructor(transport: Transport, testbed: TestbedOutputs, faults: readonly FaultSpec[], limits: Limits) {
    const orders = faultOrders(testbed, faults);
    const traced = tracedMachines(testbed);
    this.machines = testbed.machines.filter((machine) => traced.includes(machine) || orders.has(machine.name));
    this.#orders = orders;
    this.#limits = limits;
    this.#injectors = this.machines.map(
      (machine) => new RemoteInjector(transport, machine, { limitMs: limits.commandMs }),
    );
  }

  /**
   * Starts them; nothing changes yet.
   * @param runMs how long the run lasts from now on, at most.
   * @throws RemoteError naming the machine whose injector did not get ready.
   */
  async start(runMs: number, signal: AbortSignal): Promise<void> {
    const lifetimeMs = runMs + 2 * this.#limits.commandMs;
    const started = await Promise.allSettled(
      this.#injectors.map((injector) =>
        injector.start(this.#orders.get(injector.machine.name) ?? [], { lifetimeMs, signal }),
      ),
    );
    for (const one of started) if (one.status === "rejected") throw asError(one.reason);
  }

  /** @param beginMs start of measuring by the reference clock, in ms since 1970; every injector gets it by its own. */
  begin(beginMs: number, clocks: ReadonlyMap<string, OffsetMeasurement>): void {
    this.data.beginMs = beginMs;
    for (const injector of this.#injectors)
      injector.begin(beginMs + (clocks.get(injector.machine.name)?.offsetMs ?? 0));
  }

  /** Undoes everything, also after an abort; a second time does nothing. @returns what went wrong with the links. */
  async end(): Promise<Error[]> {
    const ended = await Promise.allSettled(this.#injectors.map((injector) => injector.end()));
    return ended.flatMap((one, i): Error[] => {
      if (one.status === "rejected") return [asError(one.reason)];
      const name = this.machines[i]?.name ?? "";
      if (one.value === undefined) return [];
      this.data.results.set(name, one.value);
      return one.value.errors.slice(0, 1).map((error) => new Error(`${name}: a link could not be changed: ${error}`));
    });
  }
}
