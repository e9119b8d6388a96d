import { cacheEntries } from "./cacheEntries.ts";

export const rootFileSystems = cacheEntries({ name: "root file systems", title: "root file system", folder: "rootfs" });
