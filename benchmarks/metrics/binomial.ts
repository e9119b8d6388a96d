/**
 * Probability of at most `count` successes in `trials` with a chance of `share` each, summed in logarithms so that
 * thousands of trials don't underflow.
 */
export function binomialAtMost(count: number, trials: number, share: number): number {
  if (count < 0) return 0;
  if (share <= 0) return 1;
  if (share >= 1) return count >= trials ? 1 : 0;
  let logTerm = trials * Math.log(1 - share);
  let sum = 0;
  for (let successes = 0; successes <= Math.min(count, trials); successes += 1) {
    sum += Math.exp(logTerm);
    logTerm += Math.log((trials - successes) / (successes + 1)) + Math.log(share / (1 - share));
  }
  return Math.min(1, sum);
}

/**
 * Whether a count is one that a share brings about: neither tail beyond it has less than half of 1 - confidence (the
 * exact two-sided test, the other side of Clopper and Pearson's interval).
 */
export function withinBinomial(count: number, trials: number, share: number, confidence: number): boolean {
  const tail = (1 - confidence) / 2;
  return binomialAtMost(count, trials, share) >= tail && 1 - binomialAtMost(count - 1, trials, share) >= tail;
}
