/** The part of `@babel/core` that is used: it brings no types. */
export interface Babel {
  transformAsync(code: string, options: object): Promise<{ readonly code?: string | null } | null>
}
