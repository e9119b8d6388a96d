export { ensureHost, hostStatus, startHost, stopHost, type HostStatus } from "./host.ts";
export { hostBridges, hostMachines, residentMiB, type HostMachine } from "./machines.ts";
