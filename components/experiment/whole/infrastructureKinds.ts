// The kinds of infrastructure there are: a folder of components/ and a line each, by the name that `provider.kind` has.
export { libvirt } from "../../libvirt/kind.ts";
