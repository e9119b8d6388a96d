import type { ServedResource } from "../../kit/crud.ts";
import type { Libvirt } from "../rpc/libvirt.ts";

/** Deletes as the resource does, and counts it as deleted where libvirt itself, with all that it had, is gone. */
export function goneWithHost(definition: ServedResource<Libvirt>): ServedResource<Libvirt> {
  return {
    ...definition,
    async delete(operation, id, state) {
      const { context, name, log } = operation;
      if (context.isGone)
        log("warning", `there is no libvirt at ${context.uri} any more: ${name} counts as gone with it`);
      else await definition.delete(operation, id, state);
    },
  };
}
