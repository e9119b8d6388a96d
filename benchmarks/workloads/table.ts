// The workloads there are, by the names that experiments give: a line each.
export { empty } from "./empty/spec.ts";
export { imageClassification as "image-classification" } from "./image-classification/spec.ts";
export { stress } from "./stress/spec.ts";
