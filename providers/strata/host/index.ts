export { foreignThings, type Foreign } from "./foreign.ts";
export { ownNames, type OwnNames } from "./ownNames.ts";
export { closeHost, ensureHost, hostStatus, startHost, stopHost, type HostStatus } from "./host.ts";
export { hostBridges, hostMachines, residentMiB, type HostMachine } from "./machines.ts";
