import type { OidcAnswer } from '../../providers/oidc/answer.js'
import type { Unfinished } from '../../providers/oidc/sign-in.js'
import { isLately } from '../shared/lately.js'
import { createRecent } from '../shared/recent.js'

/** How long an answer is kept, in ms: the life of its token is counted anew when it is used. */
const LATELY = 60_000
/** How many are. */
const MOST = 1_000

/**
 * Answers to codes that are spent, of people who could not be loaded just then: the same address does once more, and
 * the code, for which servers end what it brought, is not sent again. Makes those of one code, which is that of one
 * person. `now`: ms since the epoch.
 */
export function createUnfinished(now: () => number): (code: string) => Unfinished {
  const known = createRecent<{ readonly answer: OidcAnswer; readonly at: number }>({
    entries: MOST,
    size: MOST,
  })
  return (code) => {
    const keyOf = (verifier: string): string => `${verifier} ${code}`
    const own: Unfinished = {
      get(verifier) {
        const found = known.get(keyOf(verifier))
        return found && isLately(found.at, LATELY, now()) ? found.answer : undefined
      },
      set(verifier, answer) {
        // What was used once more is as old as it was.
        if (!own.get(verifier)) known.set(keyOf(verifier), { answer, at: now() }, 1)
      },
      delete: (verifier) => known.delete(keyOf(verifier)),
    }
    return own
  }
}
