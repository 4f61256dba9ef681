import { beforeAll, describe, expect, it } from 'vitest'
import { createDeviceWorld } from '../server/dbsc/device-world.js'

/** Whether a session that was never bound gets to a path, where the pages beneath `/admin` need a bound one. */
let goes: (url: string) => Promise<boolean>

beforeAll(async () => {
  const { createBrowser, running } = createDeviceWorld({
    required: ({ path }) => path === null || path.toLowerCase().startsWith('/admin'),
  })
  const browser = createBrowser()
  await browser.signIn()
  goes = async (url) => {
    const request = { headers: {}, url }
    return (await running.sessions.getSession(browser.jar.header(), { request })).session !== null
  }
})

describe('a session that was never bound does not get past `required`', () => {
  it.each([
    '/admin',
    '/Admin',
    '/admin.rsc',
    '/admin;x=1',
    '/%61dmin',
    '/%41dmin',
    '/%2561dmin',
    '/adm%69n/users',
    '//admin',
    '/open//../admin',
    '/./admin',
    '/open/%2e%2e/admin',
    '/open%2f..%2fadmin',
    '/open%5c..%5cadmin',
    '\\admin',
    '/open/..%20/admin',
    '/%20/admin',
    '/open%20/admin',
    '/%C0%AFadmin',
    '/%00/admin',
    '/open%3b/admin',
    '/_next/data/build-1/admin.json',
    '/_NEXT/data/build-1/admin/users.json',
    '/files.segments/_tree.segment.rsc',
    'http://app.example/%61dmin',
    'http://app.example//admin',
    'admin',
    '*',
    '',
  ])('by another way to write the path: %j', async (url) => {
    expect(await goes(url)).toBe(false)
  })

  it.each(['/', '/boxes?next=/admin', '/boxes/admin', '/caf%C3%A9', '/my%20boxes/1'])(
    'and is let go where it may: %j',
    async (url) => {
      expect(await goes(url)).toBe(true)
    },
  )
})
