/** The lines of TypeScript that the README begins with. */
export function firstLines(): string

/** Starts the demo on the loopback. `port` 0 takes a free one. */
export function startDemo(options?: {
  readonly port?: number
}): Promise<{ readonly url: string; close(): Promise<void> }>
