import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { resource } from "../../../../providers/kit/crud.ts";
import { goneWithHost } from "../../../../providers/libvirt/resources/goneWithHost.ts";
import { Libvirt } from "../../../../providers/libvirt/rpc/libvirt.ts";

test("what libvirt had is gone with its directory, and not with its daemon", async () => {
  const directory = mkdtempSync(join(tmpdir(), "gone-"));
  const said: string[] = [];
  const deleted: string[] = [];
  const thing = goneWithHost(
    resource<object, object, Libvirt>({
      token: "libvirt:index/thing:Thing",
      inputs: z.strictObject({}),
      replaceOn: [],
      create: () => Promise.resolve({ id: "a", outputs: {} }),
      read: () => Promise.resolve(undefined),
      delete: (_operation, id) => {
        deleted.push(id);
        return Promise.resolve();
      },
    }),
  );
  const uri = `qemu+unix:///system?socket=${directory}/libvirt-sock`;
  const operation = {
    ...{ urn: "urn:x", name: "x", signal: new AbortController().signal, context: new Libvirt(uri) },
    log: (_severity: string, message: string) => {
      said.push(message);
    },
  };
  const state = { inputs: {}, outputs: {} };
  await thing.delete(operation, "a", state);
  expect([deleted, said]).toEqual([["a"], []]);
  rmSync(directory, { recursive: true });
  await thing.delete(operation, "a", state);
  expect([deleted, said]).toEqual([["a"], [`there is no libvirt at ${uri} any more: x counts as gone with it`]]);
});
