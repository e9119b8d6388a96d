/** The largest of the values, and of `least`. A loop, since Math.max(...values) throws beyond some 120,000 of them. */
export function largest(values: Iterable<number>, least = -Infinity): number {
  let found = least;
  for (const value of values) if (value > found) found = value;
  return found;
}

/** The smallest of the values, and of `most`. */
export function smallest(values: Iterable<number>, most = Infinity): number {
  let found = most;
  for (const value of values) if (value < found) found = value;
  return found;
}
