/**
 * A path as one word of ssh's configuration, whatever is in it: ssh fills in what "%" stands for, and takes blanks and
 * quotes apart (ssh_config(5); "\" escapes since OpenSSH 8.7).
 */
export function sshPath(path: string): string {
  return inQuotes(path.replaceAll("%", "%%"));
}

/** The same as the value of an option (`-o IdentityFile=...`), in quotes only where it needs them. */
export function sshOption(path: string): string {
  return sshTemplate(path.replaceAll("%", "%%"));
}

/** An option's value in which ssh is to fill in what "%" stands for. */
export function sshTemplate(path: string): string {
  return /^[\w%@/.,:=+~-]+$/.test(path) ? path : inQuotes(path);
}

/** A folder as a word of `Include`, which is a pattern of glob(7) and has no "%"; `rest` is a pattern to go on with. */
export function sshPattern(folder: string, rest: string): string {
  return inQuotes(folder.replaceAll(/[\\*?[\]]/g, String.raw`\$&`) + rest);
}

const inQuotes = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
