export type ContainerName = "worker" | "publisher";
export function containerKey(name: ContainerName): string {
  return name;
}
