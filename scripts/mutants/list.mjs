// All mutants. Each is a small bug that a good engineer could write, named as a reviewer would.
import { ACCOUNTS } from './accounts.mjs'
import { ENGINE } from './engine.mjs'
import { ENVIRONMENT } from './environment.mjs'
import { EVENTS } from './events.mjs'
import { EXCHANGE } from './exchange.mjs'
import { MACHINE } from './machine.mjs'
import { MIRROR } from './mirror.mjs'
import { PROVIDERS } from './providers.mjs'
import { SECTION } from './section.mjs'
import { SESSION } from './session.mjs'
import { STATE } from './state.mjs'
import { STORAGE } from './storage.mjs'
import { TRADE } from './trade.mjs'
import { UPKEEP } from './upkeep.mjs'
import { VAULT } from './vault.mjs'

/** Every mutant, by area. */
export const MUTANTS = [
  ...MACHINE,
  ...STATE,
  ...SESSION,
  ...EVENTS,
  ...EXCHANGE,
  ...TRADE,
  ...MIRROR,
  ...SECTION,
  ...ACCOUNTS,
  ...VAULT,
  ...UPKEEP,
  ...ENGINE,
  ...ENVIRONMENT,
  ...STORAGE,
  ...PROVIDERS,
]
