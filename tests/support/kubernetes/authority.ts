import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

/** A cluster's authority, its API's certificate and its administrator, all P-256 as kubeadm makes them here. */
export class Authority {
  readonly #directory: string;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
    this.#openssl("req", "-x509", ...this.#newKey("ca"), "-out", "ca.crt", "-days", "2", "-subj", "/CN=kubernetes");
    this.#sign("server", "/CN=kube-apiserver", "subjectAltName=IP:127.0.0.1,IP:127.0.0.2");
    this.#sign("admin", "/O=system:masters/CN=kubernetes-admin", "extendedKeyUsage=clientAuth");
  }

  /** PEM of one of its files: "ca.crt", "server.key". */
  pem(name: string): string {
    return readFileSync(join(this.#directory, name), "utf8");
  }

  /** As `kubeadm init` leaves it. */
  adminConfig(server: string): string {
    const base64 = (name: string) => Buffer.from(this.pem(name)).toString("base64");
    return stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "kubernetes", cluster: { "certificate-authority-data": base64("ca.crt"), server } }],
      contexts: [{ name: "admin@kubernetes", context: { cluster: "kubernetes", user: "kubernetes-admin" } }],
      "current-context": "admin@kubernetes",
      users: [
        {
          name: "kubernetes-admin",
          user: { "client-certificate-data": base64("admin.crt"), "client-key-data": base64("admin.key") },
        },
      ],
    });
  }

  #sign(name: string, subject: string, extension: string): void {
    writeFileSync(join(this.#directory, `${name}.ext`), extension);
    this.#openssl("req", "-new", ...this.#newKey(name), "-out", `${name}.csr`, "-subj", subject);
    this.#openssl(
      ...["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"],
      ...["-days", "2", "-extfile", `${name}.ext`, "-out", `${name}.crt`],
    );
  }

  #newKey(name: string): string[] {
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", `${name}.key`];
  }

  #openssl(...args: string[]): void {
    execFileSync("openssl", args, { cwd: this.#directory, stdio: "pipe" });
  }
}
