// The workloads there are, by the names that experiments give: a line each.
export { imageClassification as "image-classification" } from "./image-classification/spec.ts";
