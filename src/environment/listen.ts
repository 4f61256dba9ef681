/** A place that has events in some environments: the global object of servers has none. */
type Target = Partial<Pick<EventTarget, 'addEventListener'>> | undefined

/** Any event; `persisted` says that a page comes back from the back/forward cache (HTML §7.4.6). */
type AnyEvent = Event & { readonly persisted?: boolean }

/** Listens to several events; returns the end of it all. */
export function listen(
  events: readonly (readonly [target: Target, type: string, run: (event: AnyEvent) => void])[],
  how?: Pick<AddEventListenerOptions, 'capture' | 'passive'>,
): () => void {
  const abort = new AbortController()
  for (const [target, type, run] of events) {
    target?.addEventListener?.(type, run, { ...how, signal: abort.signal })
  }
  return () => abort.abort()
}
