/** A browser as the server meets it: with a cookie jar that its tabs share. */
export interface ScriptedBrowser {
  /**
   * Sends and keeps cookies for requests with `credentials: 'include'`, as pages of the same site.
   * It shows all other headers, as a navigation needs them; a page of another origin reads few of
   * them: for that, take the `fetch` of a fake browser's tab around this one.
   */
  readonly fetch: typeof fetch
  /** What `document.cookie` would say. */
  cookies(): string
  /** Forgets all cookies, as a person can. */
  clearCookies(): void
}

interface Kept {
  readonly value: string
  readonly httpOnly: boolean
}

/** Makes a browser in front of a server. Its cookies last until they are taken away. */
export function createBrowser(send: typeof fetch): ScriptedBrowser {
  const jar = new Map<string, Kept>()

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const end = pair.indexOf('=')
    const name = pair.slice(0, end)
    const httpOnly = attributes.includes('HttpOnly')
    if (attributes.includes('Max-Age=0')) jar.delete(name)
    else jar.set(name, { value: pair.slice(end + 1), httpOnly })
  }

  const list = (cookies: Iterable<[string, Kept]>): string =>
    [...cookies].map(([name, { value }]) => `${name}=${value}`).join('; ')

  return {
    async fetch(input, init) {
      const request = new Request(input, init)
      request.headers.delete('cookie')
      const included = request.credentials === 'include'
      if (included && jar.size > 0) request.headers.set('cookie', list(jar))
      const response = await send(request)
      if (included) for (const line of response.headers.getSetCookie()) keep(line)
      response.headers.delete('set-cookie')
      return response
    },
    cookies: () => list([...jar].filter(([, { httpOnly }]) => !httpOnly)),
    clearCookies: () => jar.clear(),
  }
}
