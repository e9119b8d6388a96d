/** The part of what jest tells a reporter of one test that is read here. */
interface EndedTest {
  status: string;
  fullName: string;
  /** In milliseconds. */
  duration?: number | null;
  failureMessages: string[];
}

/** Says how a test ended as it ends: jest itself says nothing of a file before the last test in it has run. */
export default class Progress {
  onTestCaseResult(_: unknown, { status, fullName, duration, failureMessages }: EndedTest): void {
    const seconds = ((duration ?? 0) / 1000).toFixed(0);
    process.stderr.write(`${[`${status} after ${seconds} s: ${fullName}`, ...failureMessages].join("\n")}\n`);
  }
}
