import { cacheEntries } from "./cacheEntries.ts";

export const containerImages = cacheEntries({
  name: "container images",
  title: "container image",
  folder: "containers",
});
