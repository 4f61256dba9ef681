import type { ServerContext } from './context.js'

/** Makes what a part of the server remembers, for each server anew. */
export function perServer<State>(make: () => State): (context: ServerContext) => State {
  const states = new WeakMap<ServerContext, State>()
  return (context) => {
    const state = states.get(context) ?? make()
    states.set(context, state)
    return state
  }
}
