/** A failure of the run, not of the program: told to the user in one sentence, without a stack trace. */
export class RunFailure extends Error {}
