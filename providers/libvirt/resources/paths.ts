/**
 * An absolute path without what says nothing: repeated slashes, one at the end, and segments ".". libvirt writes paths of
 * pools like that. What ".." comes to only the host knows, where there are symbolic links.
 */
export function plainPath(path: string): string {
  return `/${path
    .split("/")
    .filter((segment) => segment !== "" && segment !== ".")
    .join("/")}`;
}
