// A thief with a cookie jar, for the demo only: an app never keeps a token that it was shown.

const COOKIE = /^(s\w+Token)=([^;]*)/

const isErased = (cookie) => /; Expires=Thu, 01 Jan 1970/.test(cookie)

/** Makes the thief, in whom the app sees nothing but another browser. */
export function createThief() {
  let loot = null

  return {
    /** What the thief has: whose token, and what the last refresh with it came to. */
    get loot() {
      return loot
    },
    copy(refreshToken, whose) {
      loot = { ...whose, jar: new Map([['sRefreshToken', refreshToken]]), last: null }
    },
    forget() {
      loot = null
    },
    /** Refreshes with what is in the jar, as a browser does. */
    async refresh(origin) {
      const current = loot
      const { jar } = current
      const response = await fetch(`${origin}/auth/session/refresh`, {
        method: 'POST',
        headers: {
          Cookie: [...jar].map((pair) => pair.join('=')).join('; '),
          'st-auth-mode': 'cookie',
        },
      })
      const { message = 'new tokens' } = await response.json()
      const cleared = []
      for (const cookie of response.headers.getSetCookie()) {
        const [, name, value] = COOKIE.exec(cookie) ?? []
        if (!isErased(cookie)) jar.set(name, value)
        else if (jar.delete(name)) cleared.push(name)
      }
      current.last = { status: response.status, message, cleared }
    },
  }
}
