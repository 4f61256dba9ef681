import type { Session } from '../core/session.js'

/** The tokens that a client has had, so that none is shown where a server repeats it. */
export interface Secrets {
  /** Remembers the tokens of a session. */
  note(session: Session | null): void
  /** A text with `…` in the place of each of them. */
  hide(text: string): string
}

/** How many are remembered: a server may still speak of those before. */
const KEPT = 20
/** In characters; what is shorter is no token, and may be in any word. */
const SHORTEST = 4
/** In characters: where a message was cut short, the beginning of a token may be left. A longer one is hidden anyway. */
const LONGEST_REST = 23

/** The text without the beginning of a secret at its end. */
function withoutRest(text: string, secret: string): string {
  for (let length = Math.min(secret.length - 1, LONGEST_REST); length >= SHORTEST - 1; length--) {
    if (text.endsWith(secret.slice(0, length))) return `${text.slice(0, -length)}…`
  }
  return text
}

/** Makes what remembers the tokens of one client. */
export function createSecrets(): Secrets {
  let known: readonly string[] = []
  return {
    note(session) {
      if (!session) return
      const { accessToken, refreshToken, extras } = session
      const others = Object.entries(extras).filter(([name]) => /token$/i.test(name))
      const tokens = [accessToken, refreshToken, ...others.map(([, token]) => token)]
        .filter((token) => typeof token === 'string')
        .filter(({ length }) => length >= SHORTEST)
      known = [...new Set([...tokens, ...known])].slice(0, KEPT)
    },
    hide: (text) =>
      known.reduce((left, secret) => withoutRest(left.replaceAll(secret, '…'), secret), text),
  }
}
