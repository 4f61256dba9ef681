/** A place that has events in some environments: the global object of servers has none. */
type Target = Partial<Pick<EventTarget, 'addEventListener'>> | undefined

/** Listens to several events; returns the end of it all. */
export function listen(
  events: readonly (readonly [target: Target, type: string, run: (event: Event) => void])[],
): () => void {
  const abort = new AbortController()
  for (const [target, type, run] of events) {
    target?.addEventListener?.(type, run, { signal: abort.signal })
  }
  return () => abort.abort()
}
