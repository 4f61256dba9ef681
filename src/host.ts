import type { Engine } from './core/engine.js'
import { createFlows } from './core/flows.js'
import type { Environment, KeyStore } from './core/ports.js'
import type { ActionHost } from './core/provider.js'
import type { SessionUser } from './core/session.js'

/** Makes what a provider's actions work with. */
export function createHost<User extends SessionUser>(
  engine: Engine<User>,
  { clock, page, crypto }: Environment,
  keys: KeyStore | null = null,
): ActionHost<User> {
  const flows = createFlows(engine.vault, () => clock.now())
  return {
    page,
    keys,
    crypto,
    signIn: (request, options) => engine.signIn('sign-in', request, options),
    withSession: engine.withSession,
    request: engine.request,
    exchange: engine.exchange,
    alone: engine.alone,
    updateUser: engine.updateUser,
    saveFlow: flows.save,
    flows: flows.list,
    removeFlow: flows.remove,
  }
}
