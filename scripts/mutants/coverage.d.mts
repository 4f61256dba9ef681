/** Ranges of lines of which nothing ran: from, to, from, to … `counts` are V8's, outer ones first. */
export function missed(
  words: readonly { readonly at: number; readonly line: number }[],
  code: {
    readonly start: number
    readonly counts: readonly (readonly [from: number, to: number, count: number])[]
    readonly length: number
  },
): number[]
