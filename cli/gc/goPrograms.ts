import { cacheEntries } from "./cacheEntries.ts";

export const goPrograms = cacheEntries({ name: "programs built by Go", title: "program built by Go", folder: "go" });
