import type * as pulumi from "@pulumi/pulumi";

/** A type as it is assigned: with texts and numbers of certain values as any, and the library's wrappers taken off. */
type Plain<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends readonly (infer Element)[]
      ? Plain<Element>[]
      : T extends object
        ? { [Key in keyof T]: Plain<T[Key]> }
        : T;

/** Types are the same where a type that depends on them can't tell them apart; assignable is less: a member may be missing. */
type Mirror<T> = <Any>(value: Any) => Any extends T ? 1 : 2;
type Identical<A, B> = Mirror<A> extends Mirror<B> ? true : false;

/** What a program need not give, because the plugin fills it in. */
type LeftOut<Inputs, Completed extends PropertyKey> = Omit<Inputs, Completed> &
  Partial<Pick<Inputs, Completed & keyof Inputs>>;

/**
 * Whether a class of an SDK takes what zod accepts: names, types, and what may be left out, nested objects and lists too.
 * `tsc` decides: nothing else than the answer can be assigned to it.
 */
export type SameInputs<Args, Inputs, Completed extends PropertyKey = never> = Identical<
  Plain<pulumi.Unwrap<Args>>,
  Plain<LeftOut<Inputs, Completed>>
>;
