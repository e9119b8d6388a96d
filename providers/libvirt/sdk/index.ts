export { CloudInitDisk, type CloudInitDiskArgs } from "./cloudInitDisk.ts";
export { Domain, type DomainArgs } from "./domain.ts";
export { getDomain, getHost, type GetDomainArgs, type GetDomainResult, type GetHostResult } from "./functions.ts";
export { Network, type NetworkArgs } from "./network.ts";
export { Pool, type PoolArgs } from "./pool.ts";
export { Provider, type ProviderArgs } from "./provider.ts";
export { Volume, type VolumeArgs } from "./volume.ts";
export * as types from "./types.ts";
