// All mutants. Each is a small bug that a good engineer could write, named as a reviewer would.
import { ACCOUNTS } from './accounts.mjs'
import { BOUNDED } from './bounded.mjs'
import { COMMIT } from './commit.mjs'
import { DECISION } from './decision.mjs'
import { ENGINE } from './engine.mjs'
import { ENVIRONMENT } from './environment.mjs'
import { ERRANDS } from './errands.mjs'
import { ERROR_NOTE } from './error-note.mjs'
import { EVENTS } from './events.mjs'
import { EXCHANGE } from './exchange.mjs'
import { FETCH } from './fetch.mjs'
import { FLOWS } from './flows.mjs'
import { HINTS } from './hints.mjs'
import { LINKS } from './links.mjs'
import { LOOK } from './look.mjs'
import { MACHINE } from './machine.mjs'
import { PATIENCE } from './patience.mjs'
import { POINTER } from './pointer.mjs'
import { PROVIDERS } from './providers.mjs'
import { READS } from './reads.mjs'
import { RECORD } from './record.mjs'
import { REFRESHES } from './refreshes.mjs'
import { RESOURCE_TOKENS } from './resource-tokens.mjs'
import { REVOCATION } from './revocation.mjs'
import { SECTION } from './section.mjs'
import { SHARE } from './share.mjs'
import { SHARED_PATIENCE } from './shared-patience.mjs'
import { START } from './start.mjs'
import { STATE } from './state.mjs'
import { STORAGE } from './storage.mjs'
import { STORE } from './store.mjs'
import { TIMING } from './timing.mjs'
import { UPKEEP } from './upkeep.mjs'
import { VAULT } from './vault.mjs'
import { WITH_SESSION } from './with-session.mjs'

/** Every mutant, by area. */
export const MUTANTS = [
  ...ACCOUNTS,
  ...BOUNDED,
  ...COMMIT,
  ...DECISION,
  ...ENGINE,
  ...ENVIRONMENT,
  ...ERRANDS,
  ...ERROR_NOTE,
  ...EVENTS,
  ...EXCHANGE,
  ...FETCH,
  ...FLOWS,
  ...HINTS,
  ...LINKS,
  ...LOOK,
  ...MACHINE,
  ...PATIENCE,
  ...POINTER,
  ...PROVIDERS,
  ...READS,
  ...RECORD,
  ...REFRESHES,
  ...RESOURCE_TOKENS,
  ...REVOCATION,
  ...SECTION,
  ...SHARE,
  ...SHARED_PATIENCE,
  ...START,
  ...STATE,
  ...STORAGE,
  ...STORE,
  ...TIMING,
  ...UPKEEP,
  ...VAULT,
  ...WITH_SESSION,
]
