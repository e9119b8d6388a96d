/** A reason for which a check may be left out in continuous integration. */
interface AllowedSkip {
  /** What the skip's own reason says. */
  says: string;
  /** Why that is no failure. */
  because: string;
}

const kubernetes = "on a new machine its programs are built beside the tests of the engine; the next run has them";

/** All of them. Whatever else is skipped where CI is set makes `strata test` fail: a check that never runs holds nothing. */
export const allowedSkips: readonly AllowedSkip[] = [
  { says: "no control plane was built from Go modules", because: kubernetes },
  { says: "etcd and kube-apiserver are not built", because: kubernetes },
  { says: "kwok is not built", because: kubernetes },
  { says: "the plugin kubernetes is not installed", because: kubernetes },
  {
    says: "no time is left for it",
    because: "on a slow machine the other checks take most of what a run of all may take; they come first",
  },
  {
    says: "nothing that it depends on has changed since it passed here",
    because: "it would find the same again; a fresh machine remembers nothing, and --all runs it",
  },
  {
    says: "there is no pulumi-language-yaml",
    because: "only Pulumi's official release has that language; our TypeScript example does the same",
  },
  {
    says: "ansible-lint: the package index can't be reached",
    because: "not every network reaches PyPI; interfaces and syntax of the roles are checked without it",
  },
];

/** Of skips, those that no reason allows. */
export const notAllowed = (skips: readonly string[]): string[] =>
  skips.filter((skip) => !allowedSkips.some(({ says }) => skip.includes(says)));
