/** The app's page, in the browser of somebody who also visits those who attack it. */

import { SIBLING, STRANGER } from './hosts.js'

const { pathname, port } = new URL(location.href)

/** Has the server write down what it sees now. */
const mark = (after: string): Promise<unknown> =>
  fetch(`/mark/of/ada/now?after=${encodeURIComponent(after)}`)

/** Shows a page of somebody else, until it has done what it does. */
function visit(host: string, query: string): Promise<void> {
  const frame = document.createElement('iframe')
  frame.src = `http://${host}:${port}/attack?${query}`
  const left = new Promise<void>((resolve) => {
    addEventListener('message', function hear({ source }: MessageEvent) {
      if (source !== frame.contentWindow) return
      removeEventListener('message', hear)
      frame.remove()
      resolve()
    })
  })
  document.body.append(frame)
  return left
}

/** Follows a link of the app to another host, which may lead back. */
function follow(host: string, query: string): Promise<void> {
  const frame = document.createElement('iframe')
  const loaded = new Promise<void>((resolve) => {
    frame.addEventListener('load', () => resolve(), { once: true })
  })
  frame.src = `http://${host}:${port}/attack?${query}`
  document.body.append(frame)
  return loaded
}

async function live(): Promise<void> {
  await fetch('/share', { method: 'POST' })
  await mark('the sign-in')
  await visit(SIBLING, 'plant=values')
  await mark('the values')
  await visit(SIBLING, 'act=change')
  await mark('the requests of the sibling')
  await visit(STRANGER, 'act=change')
  await mark('the requests of the stranger')
  await fetch('/orders', { method: 'POST' })
  await mark('the request of the page')
  await visit(SIBLING, 'plant=twin')
  await mark('the twin')
  await visit(SIBLING, 'act=lure')
  await follow(SIBLING, 'redirects=1')
  await follow(STRANGER, 'redirects=1')
  await fetch('/auth/sign-out', { method: 'POST', headers: { 'X-Holdfast': '1' } })
  await mark('the sign-out')
}

async function arrive(): Promise<void> {
  await visit(SIBLING, 'plant=names')
  await mark('the names')
  const query = new URLSearchParams({ loginHint: 'ada@example.com', returnTo: '/begun' })
  location.href = `/auth/sign-in?${query}`
}

if (pathname === '/') void arrive()
else void live().finally(() => fetch('/done', { method: 'POST' }))
