/**
 * Ends this process when the one that started it has gone: a plugin whose engine was killed would otherwise stay, and
 * go on changing things, for ever. Node can't be told by the kernel, so it looks every half second.
 */
export function exitWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 500).unref();
}
