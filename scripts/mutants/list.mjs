// All mutants. Each is a small bug that a good engineer could write, named as a reviewer would.
import { ACCOUNTS } from './accounts.mjs'
import { ATTACKS } from './attacks.mjs'
import { AUTHKIT } from './authkit.mjs'
import { BINDINGS } from './bindings.mjs'
import { BOUNDED } from './bounded.mjs'
import { CACHING } from './caching.mjs'
import { COMMIT } from './commit.mjs'
import { COOKIE_CHOICE } from './cookie-choice.mjs'
import { COOKIES } from './cookies.mjs'
import { COORDINATION } from './coordination.mjs'
import { DBSC } from './dbsc.mjs'
import { DECISION } from './decision.mjs'
import { DOORS } from './doors.mjs'
import { DPOP } from './dpop.mjs'
import { ENDED } from './ended.mjs'
import { ENDINGS } from './endings.mjs'
import { ENGINE } from './engine.mjs'
import { ENVIRONMENT } from './environment.mjs'
import { ERRANDS } from './errands.mjs'
import { ERROR_NOTE } from './error-note.mjs'
import { EVENTS } from './events.mjs'
import { EXCHANGE } from './exchange.mjs'
import { FETCH } from './fetch.mjs'
import { FLOWS } from './flows.mjs'
import { GOTRUE_SERVER } from './gotrue-server.mjs'
import { GUARD } from './guard.mjs'
import { HINTS } from './hints.mjs'
import { INTROSPECTION } from './introspection.mjs'
import { LINKS } from './links.mjs'
import { LOOK } from './look.mjs'
import { MACHINE } from './machine.mjs'
import { NATIVE } from './native.mjs'
import { NEXT_DOORS } from './next-doors.mjs'
import { NODE_REQUESTS } from './node-requests.mjs'
import { NODE_RESPONSES } from './node-responses.mjs'
import { OIDC_SERVER } from './oidc-server.mjs'
import { OIDC_WINDOWS } from './oidc-windows.mjs'
import { ORIGIN_GUARD } from './origin-guard.mjs'
import { PAGES } from './pages.mjs'
import { PATIENCE } from './patience.mjs'
import { POINTER } from './pointer.mjs'
import { PROVIDERS } from './providers.mjs'
import { PROXY_HEADERS } from './proxy-headers.mjs'
import { READS } from './reads.mjs'
import { RECORD } from './record.mjs'
import { REDIS } from './redis.mjs'
import { REFRESHES } from './refreshes.mjs'
import { RESOURCE_TOKENS } from './resource-tokens.mjs'
import { REVOCATION } from './revocation.mjs'
import { ROUNDS } from './rounds.mjs'
import { SEALED } from './sealed.mjs'
import { SEALS } from './seals.mjs'
import { SECTION } from './section.mjs'
import { SESSION_LIST } from './session-list.mjs'
import { SESSION_LOOKS } from './session-looks.mjs'
import { SHARE } from './share.mjs'
import { SHARED_DOORS } from './shared-doors.mjs'
import { SHARED_MEMORY } from './shared-memory.mjs'
import { SHARED_PATIENCE } from './shared-patience.mjs'
import { SIGN_IN } from './sign-in.mjs'
import { SMALL_GUARDS } from './small-guards.mjs'
import { START } from './start.mjs'
import { STATE } from './state.mjs'
import { STORAGE } from './storage.mjs'
import { STORE } from './store.mjs'
import { SUPERTOKENS } from './supertokens.mjs'
import { SUPERTOKENS_CLAIMS } from './supertokens-claims.mjs'
import { SUPERTOKENS_DOORS } from './supertokens-doors.mjs'
import { SUPERTOKENS_WIRE } from './supertokens-wire.mjs'
import { TIMEOUTS } from './timeouts.mjs'
import { TIMING } from './timing.mjs'
import { UPKEEP } from './upkeep.mjs'
import { UPSTREAMS } from './upstreams.mjs'
import { USER_CHANGE } from './user-change.mjs'
import { VAULT } from './vault.mjs'
import { VERIFICATION } from './verification.mjs'
import { WITH_SESSION } from './with-session.mjs'

/** Every mutant, by area. */
export const MUTANTS = [
  ...ACCOUNTS,
  ...ATTACKS,
  ...AUTHKIT,
  ...BINDINGS,
  ...BOUNDED,
  ...CACHING,
  ...COMMIT,
  ...COOKIE_CHOICE,
  ...COOKIES,
  ...COORDINATION,
  ...DBSC,
  ...DECISION,
  ...DOORS,
  ...DPOP,
  ...ENDED,
  ...ENDINGS,
  ...ENGINE,
  ...ENVIRONMENT,
  ...ERRANDS,
  ...ERROR_NOTE,
  ...EVENTS,
  ...EXCHANGE,
  ...FETCH,
  ...FLOWS,
  ...GUARD,
  ...HINTS,
  ...INTROSPECTION,
  ...LINKS,
  ...LOOK,
  ...MACHINE,
  ...NATIVE,
  ...NEXT_DOORS,
  ...NODE_REQUESTS,
  ...NODE_RESPONSES,
  ...OIDC_WINDOWS,
  ...GOTRUE_SERVER,
  ...OIDC_SERVER,
  ...ORIGIN_GUARD,
  ...PAGES,
  ...PATIENCE,
  ...POINTER,
  ...PROVIDERS,
  ...PROXY_HEADERS,
  ...READS,
  ...RECORD,
  ...REDIS,
  ...REFRESHES,
  ...ROUNDS,
  ...RESOURCE_TOKENS,
  ...REVOCATION,
  ...SEALED,
  ...SEALS,
  ...SECTION,
  ...SESSION_LIST,
  ...SESSION_LOOKS,
  ...SHARE,
  ...SHARED_DOORS,
  ...SHARED_MEMORY,
  ...SHARED_PATIENCE,
  ...SIGN_IN,
  ...SMALL_GUARDS,
  ...START,
  ...STATE,
  ...STORAGE,
  ...STORE,
  ...SUPERTOKENS,
  ...SUPERTOKENS_CLAIMS,
  ...SUPERTOKENS_DOORS,
  ...SUPERTOKENS_WIRE,
  ...TIMEOUTS,
  ...TIMING,
  ...UPKEEP,
  ...UPSTREAMS,
  ...USER_CHANGE,
  ...VAULT,
  ...VERIFICATION,
  ...WITH_SESSION,
]
