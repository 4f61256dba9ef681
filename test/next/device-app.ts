import type { createAnyApp } from './oidc-app.js'

/** The first pairs of `Set-Cookie` values, into a jar. */
export function keep(jar: Map<string, string>, { headers }: Response): void {
  for (const line of headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? []
    if (value === '') jar.delete(name)
    else jar.set(name, value)
  }
}

/** Signs Ada in, step by step: the browser, and the answer that ends the sign-in. */
export async function endOfSignIn({ auth, browser, server }: ReturnType<typeof createAnyApp>) {
  const opened = browser()
  const asked = await auth.handlers.GET(opened.requestTo('/auth/sign-in'))
  keep(opened.jar, asked)
  const authority = asked.headers.get('location') ?? ''
  const { headers } = await server.fetch(authority, { redirect: 'manual' })
  const { pathname, search } = new URL(headers.get('location') ?? '')
  const answer = await auth.handlers.GET(opened.requestTo(pathname + search))
  keep(opened.jar, answer)
  return { opened, answer }
}
