import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { snapshotDirectory, snapshotPaths } from "../../cli/snapshots/folder.ts";
import { sha256, type SnapshotRecord } from "../../cli/snapshots/record.ts";
import { stateDirectory } from "../../local/stateDirectory.ts";
import { originOf } from "../../providers/kit/plain/origin.ts";

/** A state directory of each test's own. @returns where it is. */
export function ownState(): () => string {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "strata-snapshots-"));
    process.env.STRATA_STATE = root;
  });
  afterEach(() => {
    delete process.env.STRATA_STATE;
    rmSync(root, { recursive: true });
  });
  return () => root;
}

/** A snapshot's folder, but for its machines. @param change of what its record says. @returns what that says. */
export function keepSnapshot(stack: string, name: string, change: Partial<SnapshotRecord> = {}): SnapshotRecord {
  const paths = snapshotPaths(snapshotDirectory(stack, name));
  const state = `{"of":"${stack}"}`;
  const record: SnapshotRecord = {
    ...{ form: 1, stack, createdAt: "2026-11-30T10:00:00.000Z", origin: originOf(stateDirectory()) },
    ...{ place: { id: "01234567", host: "embedded" }, infrastructure: "libvirt", machines: ["cloud-0", "edge-0"] },
    ...{ stillSeconds: 2.5, state: sha256(state), ...change },
  };
  mkdirSync(paths.files, { recursive: true });
  writeFileSync(paths.state, state);
  writeFileSync(paths.record, JSON.stringify(record));
  return record;
}

/** One that was used last so many hours ago. */
export function keepOldSnapshot(stack: string, name: string, hours: number, change?: Partial<SnapshotRecord>): void {
  keepSnapshot(stack, name, change);
  const then = Date.now() / 1000 - hours * 3600;
  utimesSync(snapshotPaths(snapshotDirectory(stack, name)).record, then, then);
}
