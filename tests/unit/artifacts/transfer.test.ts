import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addItem } from "../../../artifacts/transfer/add.ts";
import { item, itemEntry } from "../../../artifacts/mirror/item.ts";
import { select } from "../../../artifacts/software/select.ts";
import { exportItems, importItems } from "../../../artifacts/transfer/transfer.ts";
import { indexTar } from "../../../artifacts/serve/tarIndex.ts";
import { sha256OfFile } from "../../../artifacts/store/checksum.ts";
import { findEntry, readRecord, verifyEntry } from "../../../artifacts/store/entry.ts";
import { storeFake, writeFakeImage } from "../../support/mirror/fakeItems.ts";

const wanted = [item("kubernetes", "1.35.4"), item("pause", "3.10.1")];
let directory: string;
let archive: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-transfer-"));
  archive = join(directory, "mirror.tar");
  process.env.STRATA_CACHE = join(directory, "one");
});

afterEach(() => {
  delete process.env.STRATA_CACHE;
  rmSync(directory, { recursive: true });
});

/** Exports both items, and goes to another, empty store. */
async function exported() {
  for (const each of wanted) await storeFake(each);
  const result = await exportItems([...wanted, item("coredns", "1.13.1")], archive);
  const records = wanted.map((each) => readRecord(itemEntry(each)));
  process.env.STRATA_CACHE = join(directory, "other");
  return { result, records };
}

test("export and import move everything: files, modes, records", async () => {
  const { result, records } = await exported();
  expect(result).toEqual({
    items: ["kubernetes 1.35.4", "pause 3.10.1"],
    left: ["coredns 1.13.1: missing"],
    sha256: sha256OfFile(archive),
  });
  expect(await importItems(archive, result.sha256)).toEqual({
    items: ["kubernetes 1.35.4", "pause 3.10.1"],
    present: [],
    unknown: [],
  });
  const checksums = ({ files, ...rest }: ReturnType<typeof readRecord>) => ({
    ...rest,
    files: Object.entries(files).map(([name, { sha256, bytes }]) => [name, sha256, bytes]),
  });
  expect(wanted.map((each) => checksums(readRecord(itemEntry(each))))).toEqual(
    // What has come by hand can't be made again here.
    records.map(checksums).map((record) => ({ ...record, imported: true })),
  );
  expect(wanted.map((each) => verifyEntry(itemEntry(each)).state)).toEqual(["ready", "ready"]);
  expect(statSync(join(findEntry(itemEntry(wanted[0]!)).directory, "kubelet")).mode & 0o777).toBe(0o755);
  expect((await importItems(archive, undefined)).present).toEqual(["kubernetes 1.35.4", "pause 3.10.1"]);
});

test("a file that was changed in the archive is refused, and nothing of its item is in the store", async () => {
  await exported();
  const { offset } = indexTar(archive).get(`${itemEntry(wanted[0]!).key}/kubelet`)!;
  const descriptor = openSync(archive, "r+");
  writeSync(descriptor, Buffer.from("K"), 0, 1, offset);
  closeSync(descriptor);
  await expect(importItems(archive, undefined)).rejects.toThrow(
    /mirror\.tar: kubernetes 1\.35\.4: kubelet is damaged \(its SHA-256 is [0-9a-f]{64}, recorded was [0-9a-f]{64}\); it was not imported, export it again$/,
  );
  expect(findEntry(itemEntry(wanted[0]!)).state).toBe("missing");
});

test("an archive that somebody made anew is refused by the checksum that export told", async () => {
  const { result } = await exported();
  writeFileSync(archive, Buffer.concat([readFileSync(archive), Buffer.alloc(512)]));
  await expect(importItems(archive, result.sha256)).rejects.toThrow(
    `its SHA-256 is ${sha256OfFile(archive)}, not ${result.sha256}; nothing of it was imported`,
  );
});

test("a cut archive and other files are told apart from exports", async () => {
  await exported();
  writeFileSync(archive, readFileSync(archive).subarray(0, 3000));
  await expect(importItems(archive, undefined)).rejects.toThrow(
    /the tar ends early; an archive is made by: strata mirror export/,
  );
  writeFileSync(archive, "hello");
  await expect(importItems(archive, undefined)).rejects.toThrow(/an archive is made by: strata mirror export/);
});

test("nothing to export is said", async () => {
  await expect(exportItems(wanted, archive)).rejects.toThrow("nothing of this is in the mirror's store");
});

test("a selection: names with and without a version, a version of Kubernetes, all; what is not there is said", () => {
  const titles = (...parameters: Parameters<typeof select>) => select(...parameters).map(({ title }) => title);
  expect(titles({ names: ["pause"] })).toEqual(["pause 3.10.1", "pause 3.10"]);
  expect(titles({ names: ["coredns@1.12.0"], kubernetes: "1.33.13" })).toEqual([
    "containerd 2.2.1",
    "cri-tools 1.34.0",
    "kubernetes 1.33.13",
    "cni-plugins 1.9.1",
    "cni-plugin-flannel 0.9.1",
    "pause 3.10",
    "etcd 3.5.24-0",
    "kube-apiserver 1.33.13",
    "kube-controller-manager 1.33.13",
    "kube-scheduler 1.33.13",
    "kube-proxy 1.33.13",
    "coredns 1.12.0",
    "flannel 0.28.10",
    "metrics-server 0.8.0",
  ]);
  expect(titles({})).toEqual(titles({ kubernetes: "1.35.4" }));
  expect(titles({ all: true })).toContain("kwok 0.7.0");
  expect(() => select({ names: ["helm"] })).toThrow(
    /^the mirror has no artifact helm; it has kubernetes, containerd, /,
  );
  expect(() => select({ names: ["coredns@9"] })).toThrow(
    "the mirror has no coredns 9; it has coredns 1.13.1, 1.12.1, 1.12.0",
  );
  expect(() => select({ kubernetes: "1.36.0" })).toThrow(
    "there is no Kubernetes 1.36.0 to be had; choose one of 1.33.13, 1.34.4, 1.35.4",
  );
});

test("files of the user's own: checked by the checksum, or taken as they are and recorded so", async () => {
  const pause = item("pause", "3.10.1");
  const image = join(directory, "pause.tar");
  const digest = await writeFakeImage("registry.k8s.io/pause:3.10.1", image);
  await expect(addItem({ item: pause, files: [image], asIs: false })).rejects.toThrow(
    /give the publisher's with --sha256 HEX/,
  );
  await expect(addItem({ item: pause, files: [image], sha256: "0".repeat(64), asIs: false })).rejects.toThrow(
    `its SHA-256 is ${sha256OfFile(image)}, not ${"0".repeat(64)}; it was refused`,
  );
  expect(findEntry(itemEntry(pause)).state).toBe("missing");
  expect(await addItem({ item: pause, files: [image], sha256: sha256OfFile(image), asIs: false })).toMatchObject({
    state: "ready",
  });
  expect(readRecord(itemEntry(pause))).toMatchObject({ source: "added", from: "the user's file, checked", digest });
  await addItem({ item: pause, files: [image], asIs: true });
  expect(readRecord(itemEntry(pause))).toMatchObject({ from: "the user's own file, not checked" });
  writeFileSync(archive, "no archive");
  await expect(addItem({ item: pause, files: [archive], asIs: true })).rejects.toThrow(/is no OCI archive/);
  await expect(
    addItem({ item: item("kubernetes", "1.35.4"), files: ["/x/kubeadm", "/x/helm"], asIs: true }),
  ).rejects.toThrow(
    "kubernetes 1.35.4 is kubeadm, kubelet, kubectl, each in a file of that name; missing: kubelet, kubectl",
  );
});
