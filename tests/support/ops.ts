import { diff, type ServedResource } from "../../providers/kit/crud.ts";
import { changedKeys, type Properties } from "../../providers/kit/values.ts";
import { localCommand } from "../../providers/command/local/command.ts";
import { cloudInitDisk } from "../../providers/libvirt/resources/cloudInitDisk.ts";
import { domain } from "../../providers/libvirt/resources/domain.ts";
import { network } from "../../providers/libvirt/resources/network.ts";
import { pool } from "../../providers/libvirt/resources/pool.ts";
import { volume } from "../../providers/libvirt/resources/volume.ts";
import { credentials } from "../../providers/strata/access/credentials.ts";
import { forward } from "../../providers/strata/access/forward.ts";
import { embedded } from "../../providers/strata/host/embedded.ts";
import { kubeconfig } from "../../providers/strata/kubernetes/kubeconfig.ts";
import { node } from "../../providers/strata/kubernetes/node.ts";
import { mirror } from "../../providers/strata/mirror/mirror.ts";
import { tunnel } from "../../providers/strata/mirror/tunnel.ts";
import { overlay } from "../../providers/strata/net/overlay.ts";
import { reachable } from "../../providers/strata/net/reachable.ts";
import { shaping } from "../../providers/strata/net/shaping.ts";
import type { Registration } from "./registrations.ts";

/** What an edit does, by operation: names of resources ("cloud-0-disk"), sorted; of those that stay, how many. */
export interface Edit {
  create: string[];
  update: string[];
  replace: string[];
  delete: string[];
  same: number;
}

/** The plugins' own definitions decide what a changed input means. */
const definitions = new Map(
  [
    ...[cloudInitDisk, domain, network, pool, volume],
    ...[credentials, embedded, overlay, reachable, shaping],
    ...[forward, kubeconfig, mirror, node, tunnel],
    localCommand,
  ].map((definition) => [definition.token, definition as unknown as ServedResource<unknown>]),
);

/**
 * What the engine would do to the resources (components are not resources: they do nothing). What is replaced has another id
 * than before, so what uses that id changes with it.
 */
export function editOf(before: readonly Registration[], after: readonly Registration[]): Edit {
  const olds = resources(before);
  const news = resources(after);
  let edit = operations(olds, news, []);
  for (let known = -1; known < edit.replace.length;) {
    known = edit.replace.length;
    edit = operations(olds, news, edit.replace);
  }
  edit.delete = [...olds].filter(([key]) => !news.has(key)).map(([, { name }]) => name);
  for (const names of [edit.create, edit.update, edit.replace, edit.delete]) names.sort();
  return edit;
}

function operations(
  olds: ReadonlyMap<string, Registration>,
  news: ReadonlyMap<string, Registration>,
  replaced: readonly string[],
): Edit {
  const edit: Edit = { create: [], update: [], replace: [], delete: [], same: 0 };
  for (const [key, { name, type, inputs }] of news) {
    const old = olds.get(key);
    const operation = old === undefined ? "create" : operationFor(type, old.inputs, withNewIds(inputs, replaced));
    if (operation === "same") edit.same += 1;
    else edit[operation].push(name);
  }
  return edit;
}

/** The mocks' ids are names. */
function withNewIds(inputs: Properties, replaced: readonly string[]): Properties {
  const text = replaced.reduce(
    (all, name) => all.replaceAll(`"${name}.id"`, `"${name}.id, anew"`),
    JSON.stringify(inputs),
  );
  return JSON.parse(text) as Properties;
}

/** The same, counted. */
export function opsOf(edit: Edit): Record<keyof Edit, number> {
  const { create, update, replace, delete: deleted, same } = edit;
  return { create: create.length, update: update.length, replace: replace.length, delete: deleted.length, same };
}

function operationFor(type: string, olds: Properties, news: Properties): "update" | "replace" | "same" {
  if (type.startsWith("pulumi:providers:")) return changedKeys(olds, news).length === 0 ? "same" : "update";
  const definition = definitions.get(type);
  if (definition === undefined) throw new Error(`no plugin of ours has ${type}`);
  const { changed, replaces } = diff(definition, olds, news);
  return replaces.length > 0 ? "replace" : changed.length > 0 ? "update" : "same";
}

function resources(all: readonly Registration[]): Map<string, Registration> {
  return new Map(
    all
      .filter(({ custom }) => custom)
      .map((registration) => [`${registration.parent} ${registration.type} ${registration.name}`, registration]),
  );
}
