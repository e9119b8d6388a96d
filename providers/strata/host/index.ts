export { ensureHost, hostStatus, stopHost, type HostStatus } from "./host.ts";
