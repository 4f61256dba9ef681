import type { EngineContext } from './context.js'
import type { ActionHost, CallOptions } from './provider.js'
import type { SessionUser } from './session.js'

/** Makes `ActionHost.alone`. `wait`: as long as the caller wants. */
export function createAlone<User extends SessionUser>(
  { arrivals }: Pick<EngineContext<User>, 'arrivals'>,
  wait: <T>(promise: Promise<T>, options?: CallOptions) => Promise<T>,
): ActionHost<User>['alone'] {
  return (work, options) => {
    const turn = arrivals.locked(() => {
      // The next one has to find what was removed.
      arrivals.saved()
      return work()
    })
    return wait(turn, options)
  }
}
