import { request } from 'node:http'

/** A page as it came. */
export interface Page {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** A browser of somebody: it has cookies, and goes where it is sent. */
export interface Visitor {
  /** The cookies that it has, as they are sent. */
  cookies(): readonly string[]
  /** Navigates to one address, and no further. */
  load(url: string): Promise<Page>
  /** Navigates, and follows redirects. @throws Error when they do not end. */
  visit(url: string): Promise<Page>
  /** As scripts of a page have it, with the cookies. */
  readonly fetch: typeof fetch
  /** Another browser with the cookies that this one has now. */
  copy(): Visitor
}

/** No sign-in has as many redirects. */
const MOST_HOPS = 20

/**
 * Sends what a browser sends that navigates. The platform's `fetch` cannot: it says that it is a script's
 * (`Sec-Fetch-Mode`), and is refused where only people may go.
 */
function navigate(url: string, cookie: string): Promise<Page> {
  const headers = {
    Accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
    'Sec-Fetch-Dest': 'document',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Site': 'none',
    ...(cookie && { Cookie: cookie }),
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const got = new Headers()
        for (const [name, values] of Object.entries(response.headersDistinct)) {
          for (const value of values ?? []) got.append(name, value)
        }
        const text = Buffer.concat(chunks).toString()
        resolve({ url, status: response.statusCode ?? 0, headers: got, text })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

const isRedirect = ({ status }: Page): boolean => status >= 300 && status < 400

/** Makes a browser; all that it meets is on one host, whose cookies it keeps (RFC 6265 §8.5: ports do not part). */
export function createVisitor(known: Iterable<readonly [string, string]> = []): Visitor {
  const jar = new Map(known)
  const cookies = (): readonly string[] => [...jar].map(([name, value]) => `${name}=${value}`)
  const header = (): string => cookies().join('; ')

  function keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/;\s*max-age=0\b/i.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
  }

  async function load(url: string): Promise<Page> {
    const page = await navigate(url, header())
    keep(page.headers)
    return page
  }

  async function visit(url: string): Promise<Page> {
    let page = await load(url)
    for (let hop = 0; hop < MOST_HOPS; hop++) {
      const location = page.headers.get('location')
      if (!isRedirect(page) || location === null) return page
      page = await load(new URL(location, page.url).href)
    }
    throw new Error(`The redirects from ${url} do not end.`)
  }

  return {
    cookies,
    load,
    visit,
    async fetch(input, init) {
      const asked = new Request(input, init)
      asked.headers.set('Cookie', header())
      const response = await fetch(asked)
      keep(response.headers)
      return response
    },
    copy: () => createVisitor(jar),
  }
}
