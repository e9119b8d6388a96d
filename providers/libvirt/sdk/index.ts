// Generated from the plugin's own definitions (npm run schema).

export { CloudInitDisk, type CloudInitDiskArgs } from "./cloudInitDisk.ts";
export { Domain, type DomainArgs } from "./domain.ts";
export { Network, type NetworkArgs } from "./network.ts";
export { Pool, type PoolArgs } from "./pool.ts";
export { Provider, type ProviderArgs } from "./provider.ts";
export { Volume, type VolumeArgs } from "./volume.ts";
export { getDomain, type GetDomainArgs, type GetDomainResult, getHost, type GetHostResult } from "./functions.ts";
export type * from "./types.ts";
export * as types from "./types.ts";
