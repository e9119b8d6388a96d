import type { Operation, State } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import type { StateResource } from "../../kit/plain/stateResource.ts";
import { recreate } from "../../kit/recreate.ts";
import type { Properties } from "../../kit/values.ts";
import { resources as definitions } from "../parts.ts";
import { defaults, domainInputs } from "../resources/domainInputs.ts";
import { Libvirt } from "../rpc/libvirt.ts";
import { goOnAfterSave } from "./goOn.ts";
import { holdProgram } from "./hold.ts";
import { readMachines, restoreMachines, type KeptMachine } from "./restore.ts";
import { saveMachines } from "./save.ts";
import type { OnMachine, StateMachine } from "./target.ts";

type DirectoryOf = (machine: string) => string;

const domainType = "libvirt:index/domain:Domain";
const providerType = "pulumi:providers:libvirt";
/** What an emulator needs beside the machine's memory, and what a machine has written to its disk, by what was seen. */
const besideMemoryMiB = 128;

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** The machines of one stack on one daemon, with what they need there. */
export class StackMachines {
  readonly holdProgram = holdProgram();
  readonly #context: Libvirt;
  readonly #machines: readonly StateMachine[];
  readonly #on: OnMachine;
  /** What {@link unusable} has read and found good. */
  #kept: KeptMachine[] | undefined;

  /**
   * @param resources all of a stack's, as its state has them.
   * @throws ProviderError where its machines are on several daemons or on another machine's, or there are none.
   */
  constructor(resources: readonly StateResource[], signal: AbortSignal) {
    this.#machines = resources.filter(({ type }) => type === domainType).map(machineOf);
    if (this.#machines.length === 0) throw new ProviderError("the stack has no machines");
    this.#context = new Libvirt(uriOf(resources));
    this.#on = { context: this.#context, signal, log: () => undefined };
  }

  get machines(): string[] {
    return this.#machines.map(({ name }) => name);
  }

  get mostBytes(): number {
    const mebibytes = this.#machines.map(({ given: { memory = defaults.memory } }) => memory + besideMemoryMiB);
    return mebibytes.reduce((sum, one) => sum + one, 0) * 2 ** 20;
  }

  save(
    directory: DirectoryOf,
    startHold: (machine: string) => Promise<void>,
    tell: (what: string) => void,
  ): Promise<number> {
    return saveMachines(this.#on, this.#machines, { directory, startHold, tell });
  }

  async unusable(directory: DirectoryOf): Promise<string[]> {
    const { kept, reasons } = await readMachines(this.#context, this.#machines, directory);
    if (reasons.length === 0) this.#kept = kept;
    return reasons;
  }

  async recreate({ urn, type, id, inputs, outputs }: StateResource): Promise<void> {
    const definition = definitions.find(({ token }) => token === type);
    if (definition === undefined || type === domainType) return;
    const operation: Operation<Libvirt> = { ...this.#on, urn, name: nameOf(urn) };
    const state: State<Properties, Properties> = { inputs: { ...inputs }, outputs: { ...outputs } };
    await recreate(definition, operation, id, state);
  }

  restore(): Promise<void> {
    if (this.#kept === undefined) throw new Error("what was kept has not been read");
    return restoreMachines(this.#on, this.#kept);
  }

  goOn(): Promise<string[]> {
    return goOnAfterSave(this.#on, this.#machines);
  }

  close(): void {
    this.#context.close();
  }
}

function machineOf({ urn, id, inputs, outputs }: StateResource): StateMachine {
  const { type } = outputs;
  return {
    name: nameOf(urn),
    urn,
    uuid: id,
    given: domainInputs.parse(inputs),
    type: typeof type === "string" ? type : "",
  };
}

/** The daemon that all of them are on. */
function uriOf(resources: readonly StateResource[]): string {
  const providers = new Set(resources.filter(({ type }) => type === domainType).map(({ provider = "" }) => provider));
  const uris = resources
    .filter(({ type, urn, id }) => type === providerType && providers.has(`${urn}::${id}`))
    .map(({ inputs: { uri } }) => (typeof uri === "string" ? uri : ""));
  const [uri = "", ...others] = uris;
  if (uri === "" || others.length > 0)
    throw new ProviderError("its machines are on several libvirt hosts, or on one that the state does not name");
  if (new Libvirt(uri).isRemote) throw new ProviderError(`its machines are on another host, ${uri}`);
  return uri;
}
