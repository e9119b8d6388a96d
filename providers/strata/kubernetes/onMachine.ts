import { ProviderError } from "../../kit/plain/errors.ts";
import { run, SshError, type SshOptions, type SshTarget } from "../access/ssh.ts";
import { redacted } from "./redact.ts";

/**
 * Held while something changes a machine's membership. A killed run's kubeadm goes on in the machine; the next run's
 * waits for its end and then sees what it did.
 */
const lock = `exec 9>/run/strata-kubernetes.lock
flock -w 900 9 || { echo "another kubeadm has been running here for more than 15 minutes" >&2; exit 75; }
`;

/** A step of a machine's membership, as errors name it. */
export interface MachineStep {
  /** "join the cluster of cloud-0" */
  step: string;
  script: string;
  /** One sentence. */
  fix: string;
}

/**
 * Runs a step's script alone on the machine.
 *
 * @throws MachineStepError with the machine, the step, what was said (without secrets) and the fix.
 */
export async function onMachine(target: SshTarget, { step, script, fix }: MachineStep, options: SshOptions) {
  try {
    return await run(target, `${lock}${script}`, options);
  } catch (error) {
    if (!(error instanceof SshError) || options.signal?.aborted === true) throw error;
    throw new MachineStepError(error.kind, redacted(error.message), `${target.machine} could not ${step}`, fix);
  }
}

export class MachineStepError extends ProviderError {
  override name = "MachineStepError";
  readonly kind: SshError["kind"];
  /** By the machine or by ssh, without secrets. */
  readonly said: string;

  constructor(kind: SshError["kind"], said: string, what: string, fix: string) {
    super(`${what}: ${said}. ${fix}`);
    this.kind = kind;
    this.said = said;
  }
}
