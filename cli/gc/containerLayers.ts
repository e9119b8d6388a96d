import { cacheEntries } from "./cacheEntries.ts";

export const containerLayers = cacheEntries({ name: "container layers", title: "container layer", folder: "layers" });
