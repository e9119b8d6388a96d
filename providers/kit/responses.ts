import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Wire from "@pulumi/pulumi/proto/provider_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { Failure } from "./crud.ts";

export function wireFailures(failures: readonly Failure[]): Wire.CheckFailure[] {
  return failures.map(({ property, reason }) => {
    const failure = new messages.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  });
}

export function checkResponse(inputs: Struct, failures: readonly Failure[]): Wire.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(inputs);
  response.setFailuresList(wireFailures(failures));
  return response;
}

export function diffResponse(changed: string[], replaces: string[], deleteBeforeReplace: boolean): Wire.DiffResponse {
  const { DiffChanges } = messages.DiffResponse;
  const response = new messages.DiffResponse();
  response.setChanges(changed.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setDiffsList(changed);
  response.setReplacesList(replaces);
  response.setDeletebeforereplace(deleteBeforeReplace);
  return response;
}
