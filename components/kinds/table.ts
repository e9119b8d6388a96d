import { kubernetes } from "./kubernetes/index.ts";
import { mqtt } from "./mqtt/index.ts";

/** The kinds of software there are, by the name that experiments call them. A new kind is a folder here and a line. */
export const kinds = {
  mqtt,
  kubernetes,
};
