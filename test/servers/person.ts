import { ADA, APP } from './admin.js'

/** What links to in HTML mean. */
const plain = (text: string): string => text.replaceAll('&amp;', '&')

/** Where Keycloak's login form is sent to; `null` for another page. */
function loginForm(html: string): string | null {
  const [form] = /<form[^>]*id="kc-form-login"[^>]*>/.exec(html) ?? []
  const [, action] = /action="([^"]*)"/.exec(form ?? '') ?? []
  return action === undefined ? null : plain(action)
}

/** Ada with a browser of her own: goes where she is sent, and fills in the login form, up to the app’s own pages. */
export function createPerson(app = APP) {
  const cookies = new Map<string, string>()

  async function load(address: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { cookie },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return response
  }

  /** The address of the app that she comes to. @throws Error for a page that she cannot use. */
  return async function visit(href: string): Promise<string> {
    let address = href
    let response = await load(address)
    for (let hop = 0; hop < 20; hop++) {
      const location = response.headers.get('location')
      if (location) {
        address = new URL(location, address).href
        if (address.startsWith(`${app}/`)) return address
        response = await load(address)
        continue
      }
      const action = loginForm(await response.text())
      if (!action) throw new Error(`${response.status} at ${address}, and no login form.`)
      response = await load(action, ADA)
    }
    throw new Error('The server sends in circles.')
  }
}
