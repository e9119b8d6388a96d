/** A resource as a state of the engine's has it, with its secrets. */
export interface StateResource {
  urn: string;
  /** Its type token: "strata:net:Reachable". */
  type: string;
  id: string;
  inputs: Readonly<Record<string, unknown>>;
  outputs: Readonly<Record<string, unknown>>;
  /** Of the provider that it is made by: its URN and id. */
  provider?: string;
}
