import { cacheEntries } from "./cacheEntries.ts";

/** Machines that stand depend on none: a copy has all of it. */
export const preparedMachines = cacheEntries({
  name: "prepared machines",
  title: "prepared machine",
  folder: "prepared",
  usedFile: "saved.json",
});
