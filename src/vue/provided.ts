import { getCurrentInstance, markRaw, onMounted, ref, type ShallowRef, shallowRef } from 'vue'
import type { Source } from '../bindings/source.js'
import type { SessionState } from '../bindings/types.js'
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

/** Makes what composables read from, in the state that the server rendered. */
export function createProvided<Credentials, User extends SessionUser, Actions extends object>(
  source: Source<Credentials, User, Actions>,
): Provided<Credentials, User, Actions> {
  // A store would make a proxy of it, which its private fields are not in.
  markRaw(source.bound.client)
  const state = shallowRef(source.rendered)
  let told = (): void => {}
  const begun = new Promise<void>((resolve) => {
    told = resolve
  })
  const look = (): void => {
    state.value = source.current()
  }
  return {
    ...source,
    state,
    begun,
    begin() {
      look()
      told()
      return source.subscribe(look)
    },
  }
}

/** Reads the state, and in a component that is being hydrated the one that the server rendered. */
export function createReader<User extends SessionUser>({
  state,
  rendered,
}: Pick<Provided<never, User, object>, 'state' | 'rendered'>): () => SessionState<User> {
  // Vue itself goes by this: only a component that takes over what is there begins with an element.
  const hydrating = ref(!!getCurrentInstance()?.vnode.el)
  if (hydrating.value) {
    onMounted(() => {
      hydrating.value = false
    })
  }
  return () => (hydrating.value ? rendered : state.value)
}
