import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { execFileSync, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  newTemporaryDirectory,
  privateDirectory,
  privateDirectoryCondition,
  removePrivateDirectory,
  sharedRoot,
  withTemporaryDirectory,
} from "../../../../../providers/kit/plain/privateDirectory.ts";
import { asRoot, otherUser } from "../../../../support/otherUser.ts";

// In the place of /tmp: everybody may make things in it.
let shared = "";
let victim = "";
const path = () => join(shared, "strata-0-0a1b2c");

beforeEach(() => {
  shared = mkdtempSync(join(tmpdir(), "shared-"));
  chmodSync(shared, 0o1777);
  victim = mkdtempSync(join(tmpdir(), "victim-"));
  writeFileSync(join(victim, "precious"), "");
});
afterEach(() => {
  delete process.env.XDG_RUNTIME_DIR;
  for (const directory of [shared, victim]) rmSync(directory, { recursive: true });
});

const accepted = () => spawnSync("sh", ["-c", privateDirectoryCondition(path())]).status === 0;

test("a directory that nobody has made is made, and opened the next time", () => {
  expect([privateDirectory(path()), privateDirectory(path())]).toEqual([path(), path()]);
  expect(statSync(path()).mode & 0o777).toBe(0o700);
  expect(accepted()).toBe(true);
});

test("the shell's condition makes it too, whatever the umask", () => {
  execFileSync("sh", ["-c", `umask 0; ${privateDirectoryCondition(path())}`]);
  expect(privateDirectory(path())).toBe(path());
});

test("one that was private gets the mode that is wanted", () => {
  privateDirectory(path());
  expect(statSync(privateDirectory(path(), 0o711)).mode & 0o777).toBe(0o711);
  expect(() => privateDirectory(path())).toThrow(`${path()} is open to other users (mode 711)`);
});

test.each([
  [
    "a link to a directory of ours",
    "is a symbolic link",
    () => {
      symlinkSync(victim, path());
    },
  ],
  [
    "a link to nothing",
    "is a symbolic link",
    () => {
      symlinkSync(join(victim, "nothing"), path());
    },
  ],
  [
    "a file",
    "is no directory",
    () => {
      writeFileSync(path(), "");
    },
  ],
])("%s is refused and left", async (_what, reason, make) => {
  make();
  const refusal = `${path()} ${reason}, where Strata keeps what nobody else may touch; it is left as it is.`;
  expect(() => privateDirectory(path())).toThrow(refusal);
  await expect(removePrivateDirectory(path())).rejects.toThrow(refusal);
  expect(accepted()).toBe(false);
  expect(readdirSync(shared)).toEqual(["strata-0-0a1b2c"]);
  expect(readdirSync(victim)).toEqual(["precious"]);
});

test("one that others may write to is refused and left", async () => {
  mkdirSync(path());
  chmodSync(path(), 0o777);
  expect(() => privateDirectory(path())).toThrow(`${path()} is open to other users (mode 777)`);
  await expect(removePrivateDirectory(path())).rejects.toThrow("is open to other users");
  expect(existsSync(path())).toBe(true);
});

asRoot("one of another user is refused and left", async () => {
  mkdirSync(path(), { mode: 0o700 });
  writeFileSync(join(path(), "theirs"), "");
  chownSync(path(), otherUser, otherUser);
  expect(() => privateDirectory(path())).toThrow(`${path()} belongs to user ${otherUser}, where Strata keeps`);
  await expect(removePrivateDirectory(path())).rejects.toThrow("it is left as it is");
  expect(accepted()).toBe(false);
  expect(readdirSync(path())).toEqual(["theirs"]);
});

asRoot("a directory above that others own, can rename in, or have linked, holds nothing of ours", () => {
  const below = join(path(), "sub", "strata");
  mkdirSync(join(path(), "sub"), { recursive: true, mode: 0o777 });
  chownSync(path(), otherUser, otherUser);
  expect(() => privateDirectory(below)).toThrow(
    `${join(path(), "sub")} can't hold files of this user alone: ${path()} belongs to user ${otherUser}; set TMPDIR`,
  );
  chownSync(path(), 0, 0);
  chmodSync(path(), 0o777);
  expect(() => privateDirectory(below)).toThrow(`${path()} lets everybody rename what is in it`);
  chmodSync(path(), 0o755);
  const link = join(shared, "link");
  symlinkSync(path(), link);
  expect(privateDirectory(join(link, "sub", "strata"))).toBe(join(link, "sub", "strata"));
  lchownSync(link, otherUser, otherUser);
  expect(() => privateDirectory(join(link, "sub", "strata"))).toThrow(`${link} belongs to user ${otherUser}`);
});

test("removing follows no link", async () => {
  privateDirectory(path());
  symlinkSync(victim, join(path(), "link"));
  await removePrivateDirectory(path());
  await removePrivateDirectory(path());
  expect([readdirSync(shared), readdirSync(victim)]).toEqual([[], ["precious"]]);
});

test("temporary directories are private, go when the work ends, and are not made where anybody may rename them", async () => {
  let made = "";
  const work = (directory: string) => {
    made = directory;
    return Promise.resolve(statSync(directory).mode & 0o777);
  };
  expect([await withTemporaryDirectory("work-", work), existsSync(made)]).toEqual([0o700, false]);
  const failing = withTemporaryDirectory("work-", (directory) =>
    work(directory).then(() => Promise.reject(new Error("failed"))),
  );
  await expect(failing).rejects.toThrow("failed");
  expect(existsSync(made)).toBe(false);
  chmodSync(shared, 0o777);
  expect(() => newTemporaryDirectory("work-", shared)).toThrow(
    `${shared} lets everybody rename what is in it; set TMPDIR`,
  );
});

asRoot("short names go below $XDG_RUNTIME_DIR only where that is this user's", () => {
  expect(sharedRoot()).toBe("/tmp");
  const short = mkdtempSync("/tmp/r-");
  try {
    process.env.XDG_RUNTIME_DIR = short;
    expect(sharedRoot()).toBe(short);
    chownSync(short, otherUser, otherUser);
    expect(sharedRoot()).toBe("/tmp");
  } finally {
    rmSync(short, { recursive: true });
  }
  for (const place of ["/run/user/1 000", "relative", "/nowhere/at/all", `/tmp/${"long".repeat(9)}`]) {
    process.env.XDG_RUNTIME_DIR = place;
    expect(sharedRoot()).toBe("/tmp");
  }
});
