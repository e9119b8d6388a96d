import { failedInPassing, isPassing, type Answer } from "../../../../providers/strata/kubernetes/passing.ts";
import { noRoles, said, terminating } from "../../../support/kubernetes/passingSamples.ts";

const evictionRefused = "Cannot evict pod as it would violate the pod's disruption budget.";

test.each<[passing: boolean, answer: Answer]>([
  [true, { status: 403, message: noRoles, about: "nodes" }],
  [true, { status: 403, message: 'forbidden: User "kubernetes-admin" cannot get path "/version"' }],
  [false, { status: 403, message: terminating, about: "secrets" }],
  [false, { status: 403, message: 'pods "web" is forbidden: exceeded quota: few', about: "pods" }],
  [false, { status: 401, message: "Unauthorized" }],
  [true, { status: 408, message: "Timeout: request did not complete within requested timeout" }],
  [true, { status: 429, message: "storage is (re)initializing" }],
  [true, { status: 429, message: "too many requests, please try again later" }],
  [false, { status: 429, message: evictionRefused, causes: ["DisruptionBudget"] }],
  [true, { status: 500, message: "etcdserver: request timed out" }],
  [true, { status: 500, message: "etcdserver: leader changed" }],
  [true, { status: 502, message: "" }],
  [true, { status: 503, message: "apiserver not ready" }],
  [true, { status: 504, message: "context deadline exceeded" }],
  [false, { status: 404, message: 'nodes "cloud-1" not found', about: "nodes" }],
  [true, { status: 404, message: "404 page not found" }],
  [true, { status: 404, message: "the server could not find the requested resource" }],
  [false, { status: 400, message: "the object is not valid" }],
  [false, { status: 409, message: "please apply your changes to the latest version", about: "nodes" }],
  [false, { status: 422, message: "is invalid", about: "nodes" }],
])("passing: %s, %j", (passing, answer) => {
  expect(isPassing(answer)).toBe(passing);
});

test.each(said)("passing: %s, %s", (passing, text) => {
  expect(failedInPassing(text)).toBe(passing);
});
