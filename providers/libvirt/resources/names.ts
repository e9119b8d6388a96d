import { z } from "zod";

/** A name of a machine, network, pool or volume. libvirt makes file names of them. */
export const objectName = z
  .string()
  .min(1, "must not be empty")
  .max(200, "must have at most 200 characters")
  .regex(/^[^/\n\0]+$/, "must not contain a slash or a line break")
  .refine((name) => name !== "." && name !== "..", "is not a name that a file can have");
