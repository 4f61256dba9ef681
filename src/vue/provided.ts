import { getCurrentInstance, markRaw, onMounted, type ShallowRef, shallowRef } from 'vue'
import { createSource, type Source } from '../bindings/source.js'
import type { ProvideAuthOptions, SessionState } from '../bindings/types.js'
import type { AuthClient } from '../client.js'
import type { SessionUser } from '../core/session.js'

/** What composables read from. */
export interface Provided<Credentials, User extends SessionUser, Actions extends object>
  extends Source<Credentials, User, Actions> {
  readonly state: Readonly<ShallowRef<SessionState<User>>>
  /** When the state becomes the client's: never on a server. */
  readonly begun: Promise<void>
  /** From now on the state is the client's. Returns the way to stop. */
  readonly begin: () => () => void
}

/**
 * Makes what composables read from, in the state that the server rendered.
 * @throws AuthError `invalid_argument` when there is no client.
 */
export function createProvided<Credentials, User extends SessionUser, Actions extends object>(
  client: AuthClient<Credentials, User, Actions>,
  options: ProvideAuthOptions<User> | undefined,
  advice: string,
): Provided<Credentials, User, Actions> {
  const source = createSource(client, options, advice)
  // A store would make a proxy of it, which its private fields are not in.
  markRaw(client)
  const state = shallowRef(source.rendered)
  let told: (() => void) | undefined
  const look = (): void => {
    state.value = source.current()
  }
  return {
    ...source,
    state,
    begun: new Promise((resolve) => {
      told = resolve
    }),
    begin() {
      look()
      told?.()
      return source.subscribe(look)
    },
  }
}

/** Reads the state, and in a component that is being hydrated the one that the server rendered. */
export function createReader<User extends SessionUser>(
  provided: Pick<Provided<never, User, object>, 'state' | 'rendered'>,
): () => SessionState<User> {
  // Vue itself goes by this: only a component that takes over what is there begins with an element.
  const taken = shallowRef(getCurrentInstance()?.vnode.el ? provided.rendered : null)
  if (taken.value) {
    onMounted(() => {
      taken.value = null
    })
  }
  return () => taken.value ?? provided.state.value
}
