/** A page of somebody else, in a frame of the app's page: it does what its address says. */

import { APP, COOKIE } from './hosts.js'

const { searchParams, port } = new URL(location.href)
const app = `http://${APP}:${port}`

/** What `trim` takes for blank: written by a script, each becomes several bytes. */
const BLANKS = ['\u00a0', '\ufeff', '\u2000', '\u3000']

function plantByScript(): void {
  for (const blank of BLANKS) {
    for (const name of [`${blank}${COOKIE}`, `${COOKIE}${blank}`]) {
      // biome-ignore lint/suspicious/noDocumentCookie: every engine has it, and attackers know it.
      document.cookie = `${name}=planted; Domain=shop.localhost; Path=/`
    }
  }
}

/** A form that is sent into a frame: what pages could do before there were scripts. */
function postForm(action: string): Promise<unknown> {
  const frame = document.createElement('iframe')
  frame.name = 'target'
  document.body.append(frame)
  const form = document.createElement('form')
  Object.assign(form, { method: 'POST', action, target: 'target' })
  document.body.append(form)
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  form.submit()
  return loaded
}

/** A request with somebody's cookies, whose answer no other page may read. */
const send = (path: string, init: RequestInit): Promise<unknown> =>
  fetch(app + path, { method: 'POST', credentials: 'include', ...init }).catch(() => null)

async function change(): Promise<void> {
  await send('/orders', { mode: 'no-cors' })
  await postForm(`${app}/orders`)
  await send('/auth/sign-out', { mode: 'no-cors' })
  await send('/auth/sign-out', { headers: { 'X-Holdfast': '1' } })
}

/** A sign-in of the app, by the identity provider of the attacker. */
async function lure(): Promise<void> {
  const frame = document.createElement('iframe')
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  frame.src = `${app}/auth/sign-in?connectionId=conn_evil&provider=evil`
  document.body.append(frame)
  await loaded
}

const acts: Readonly<Record<string, () => Promise<void>>> = { change, lure }

async function attack(): Promise<void> {
  if (searchParams.get('plant') === 'names') plantByScript()
  await acts[searchParams.get('act') ?? '']?.()
  parent.postMessage('done', '*')
}

void attack()
