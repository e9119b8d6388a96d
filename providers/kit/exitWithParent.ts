/**
 * Ends this process when the one that started it has gone: a plugin whose engine was killed would otherwise stay, and
 * go on changing things, for ever. Node can't be told by the kernel, so it looks every half second.
 *
 * The parent may be gone before this runs, so run-plugin.sh notes who it was; without that note it is whoever it is now.
 */
export function exitWithParent(): void {
  const parent = Number(process.env.STRATA_PLUGIN_PARENT ?? process.ppid);
  // What the plugin starts has another parent.
  delete process.env.STRATA_PLUGIN_PARENT;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 500).unref();
}
