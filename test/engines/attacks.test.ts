import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADA, type AttackSite, SHARED, startAttackSite } from './attack-site.js'
import { chromium, firefox } from './engine.js'
import type { Running } from './launch.js'
import { COOKIE } from './page/hosts.js'

/** How long an engine may take to start and to do it all, in ms. */
const LIMIT = 90_000

/** The names and values of a header, as bytes have them: only the one blank between two is gone. */
const pairsOf = (cookie: string): [name: string, value: string][] =>
  cookie.split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return [name, value.join('=')]
  })

for (const engine of [chromium(), firefox()]) {
  describe.skipIf(!engine.path)(`in ${engine.name}, a page that is attacked:`, () => {
    let site: AttackSite
    let running: Running

    beforeAll(async () => {
      site = await startAttackSite()
      running = engine.start(site.url)
      let timer: ReturnType<typeof setTimeout> | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, LIMIT)
      })
      await Promise.race([site.done, running.ended, late])
      clearTimeout(timer)
    })
    afterAll(async () => {
      await running?.stop()
      await site?.close()
    })

    function after(moment: string) {
      const mark = site.marks.get(moment)
      if (mark) return mark
      throw new Error(`There is no mark after ${moment}. The engine said:\n${running.log()}`)
    }
    const named = (moment: string, name: string): string[] =>
      pairsOf(after(moment).cookie).flatMap(([key, value]) => (key === name ? [value] : []))

    it('a sibling host plants names that only `trim` takes for that of the cookie', () => {
      const names = pairsOf(after('the names').cookie).map(([name]) => name)
      const alike = names.filter((name) => name !== COOKIE && name.trim() === COOKIE)
      // One that begins as ours does is refused by the browser itself.
      expect(alike).toEqual([`\xa0${COOKIE}`])
      // What a script plants arrives as well, as several bytes for each letter.
      expect(names.filter((name) => name.includes(COOKIE)).length).toBeGreaterThan(4)
    })

    it('they sign nobody in', () => {
      expect(named('the names', COOKIE)).toEqual([])
      expect(after('the names').who.own).toBeNull()
    })

    it('Ada signs in in spite of them, and her session is in a cookie of this host', () => {
      expect(after('the sign-in').who).toEqual({ own: ADA, shared: ADA })
      expect(after('the sign-in').cookie).toContain(`\xa0${COOKIE}=`)
      expect(named('the sign-in', COOKIE)).toHaveLength(1)
    })

    it('values that it plants in a cookie of the whole site sign nobody out', () => {
      expect(named('the values', SHARED).slice(0, -1)).toHaveLength(4)
      expect(after('the values').who).toEqual({ own: ADA, shared: ADA })
    })

    it('a session of its own beside hers makes her nobody else', () => {
      expect(named('the twin', SHARED)).toHaveLength(5)
      expect(after('the twin').who).toEqual({ own: ADA, shared: null })
    })

    it('its pages change nothing on her cookies, which the browser sends', () => {
      const sent = site.attempts.filter(({ site }) => site === 'same-site')
      expect(sent).toMatchObject([
        { line: 'POST /orders', status: 403, hadCookie: true },
        { line: 'POST /orders', status: 403, hadCookie: true },
        { line: 'POST /auth/sign-out', status: 403, hadCookie: true },
        // With a header of ours the browser asks first, and sends no more.
        { line: 'OPTIONS /auth/sign-out', hadCookie: false },
      ])
      expect(after('the requests of the sibling')).toMatchObject({ orders: 0, who: { own: ADA } })
    })

    it('nor do those of another site, with which the browser sends none', () => {
      const sent = site.attempts.filter(({ site }) => site === 'cross-site')
      expect(sent).toMatchObject([
        { line: 'POST /orders', status: 403, hadCookie: false },
        { line: 'POST /orders', status: 403, hadCookie: false },
        { line: 'POST /auth/sign-out', status: 403, hadCookie: false },
        { line: 'OPTIONS /auth/sign-out', hadCookie: false },
      ])
      expect(after('the requests of the stranger')).toMatchObject({ orders: 0, who: { own: ADA } })
    })

    it('while those of the app do', () => {
      expect(after('the request of the page').orders).toBe(1)
    })

    it('its link to the sign-in does not choose where she signs in', () => {
      const [hers, lured] = site.asked
      expect(hers).toMatchObject({ login_hint: ADA })
      expect(lured).toMatchObject({ provider: 'authkit' })
      expect(lured).not.toHaveProperty('connection_id')
    })

    it('nor does a link of the app, which a sibling or a stranger redirects there', () => {
      const redirected = site.asked.slice(2)
      expect(redirected).toMatchObject([{ provider: 'authkit' }, { provider: 'authkit' }])
      for (const query of redirected) expect(query).not.toHaveProperty('connection_id')
    })

    it('after her sign-out what was planted signs nobody in', () => {
      const { cookie, who } = after('the sign-out')
      expect(cookie).toContain(`\xa0${COOKIE}=`)
      expect(who.own).toBeNull()
    })
  })
}
