import { expect } from 'vitest'
import { type Answer, type Asked, ask } from '../express/stage.js'

/** What a browser sends that navigates from a page of the same app. */
const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin' }

/** The name of the hidden field by which Next knows the action of a form, or the button that it belongs to. */
const actionOf = (html: string, button: string): string => {
  const form = html.split('<form').find((text) => text.includes(`>${button}</button>`)) ?? ''
  return /name="(\$ACTION_ID_[^"]+)"/.exec(form)?.[1] ?? ''
}

/** One browser, with cookies and without scripts, in front of an app that runs at `origin`. */
export function createHttpBrowser(origin: string) {
  const jar = new Map<string, string>()

  function keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? []
      if (/; Max-Age=0(;|$)/i.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
  }
  const cookies = (): string => [...jar].map((pair) => pair.join('=')).join('; ')

  /** Asks with the cookies of this browser, and keeps what comes back. */
  async function send(path: string, asked: Asked = {}): Promise<Answer> {
    const cookie = cookies()
    const headers = { ...NAVIGATION, ...asked.headers, ...(cookie && { cookie }) }
    const answer = await ask(origin, path, { ...asked, headers })
    keep(answer.setCookies)
    return answer
  }
  const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    send(path, { headers })

  return {
    jar,
    get,
    send,
    /** Goes to `path`, and on to where Next itself sends everybody who leaves the slash at its end out. */
    async land(path: string): Promise<Answer> {
      const answer = await get(path)
      return answer.status === 308 ? get(answer.headers.location ?? '') : answer
    },
    /** Loads a page until its answer has a cookie: the session was refreshed on the way there. */
    async refresh(path: string): Promise<Answer> {
      let page: Answer | undefined
      const load = async () => {
        page = await get(path)
        return page.setCookies.length
      }
      await expect.poll(load, { interval: 200 }).toBe(1)
      return page ?? get(path)
    },
    /** Signs in at the auth server that `login` plays, which gets the address there and answers as it does. */
    async signIn(begin: string, login: (url: string) => Promise<Response>): Promise<Answer> {
      const begun = await get(begin)
      const back = await login(begun.headers.location ?? '')
      const { pathname, search } = new URL(back.headers.get('location') ?? '')
      return get(pathname + search)
    },
    /** Presses a button of the page at `path`, whose form calls a Server Action, with what was typed into its fields. */
    async press(
      path: string,
      button: string,
      typed: Readonly<Record<string, string>> = {},
    ): Promise<Answer> {
      const field = actionOf((await get(path)).text, button)
      const body = new FormData()
      for (const [name, value] of Object.entries({ [field]: '', ...typed })) body.set(name, value)
      const form = new Response(body)
      const type = form.headers.get('content-type') ?? ''
      return send(path, {
        method: 'POST',
        headers: { origin, 'content-type': type },
        body: await form.text(),
      })
    },
    /** As scripts of a page have it: with the cookies, and `redirect` as they say. */
    fetch: async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const request = new Request(input, init)
      const headers = new Headers(request.headers)
      headers.set('sec-fetch-site', 'same-origin')
      if (jar.size > 0) headers.set('cookie', cookies())
      const response = await fetch(new Request(request, { headers }))
      keep(response.headers.getSetCookie())
      return response
    },
  }
}
