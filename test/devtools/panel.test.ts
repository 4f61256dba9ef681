// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { duration } from '../../src/devtools/words.js'
import { AuthError } from '../../src/index.js'
import {
  ADA,
  buttonOf,
  fact,
  find,
  HOUR,
  linesOf,
  press,
  rootOf,
  secondsUntil,
  stageOfEachTest,
  titles,
} from './stage.js'

const stage = stageOfEachTest()

describe('the state', () => {
  it('says that nobody is signed in', async () => {
    stage().show(stage().open())
    await stage().settle()
    expect(linesOf('state')).toEqual(['Status | Signed out'])
    expect(linesOf('next')).toEqual(['Nothing is due: nobody is signed in.'])
  })

  it('says who is signed in, for how long, and which save of which sign-in it is', async () => {
    const { auth } = await stage().signedIn()
    const lineage = () => fact('state', 'Lineage')
    expect(fact('state', 'Status')).toBe('Status | Signed in')
    expect(fact('state', 'User')).toBe(`User | ${auth.getSnapshot().session?.user?.id}`)
    expect(fact('state', 'Token expires')).toContain('1 h left')
    const first = lineage()
    expect(first).toContain('revision 1')
    await auth.refreshSession()
    await stage().settle()
    expect(lineage()).toBe(first?.replace('revision 1', 'revision 2'))
  })

  it('counts down by the clock of the app', async () => {
    await stage().signedIn()
    const life = () => Number(find('.life').style.getPropertyValue('--left'))
    await stage().advance(60_000)
    expect(fact('state', 'Token expires')).toContain('59 min left')
    expect(life()).toBeCloseTo(59 / 60, 3)
  })

  it('says why a session has ended', async () => {
    const { auth } = await stage().signedIn()
    stage().server.fail(
      {
        type: 'status',
        status: 400,
        body: '{"code":400,"error_code":"refresh_token_not_found","msg":"Not found"}',
      },
      { path: '/token' },
    )
    await auth.refreshSession().catch(() => null)
    await stage().settle()
    expect(fact('state', 'Ended by')).toContain('refresh_rejected')
    expect(linesOf('line')[0]).toContain(
      'SIGNED_OUT The server refused the refresh token for good.',
    )
  })

  it('says when the app has disposed of the client, and counts nothing down any more', async () => {
    const { auth } = await stage().signedIn()
    auth.dispose()
    await stage().advance(1_000)
    expect(fact('state', 'Status')).toContain('Disposed')
    expect(linesOf('next')).toHaveLength(1)
  })
})

describe('what is next', () => {
  it('is the refresh, at the very time at which the client does it', async () => {
    stage().server.setAccessTokenLifetime(120_000)
    await stage().signedIn()
    const seconds = () => secondsUntil('Refresh ahead of need')
    const due = seconds()
    expect(due).toBeGreaterThan(60)
    await stage().advance((due - 2) * 1_000)
    expect(seconds()).toBe(2)
    expect(stage().refreshes()).toBe(0)
    await stage().advance(2_000)
    expect(stage().refreshes()).toBe(1)
  })

  it('is both ends that timeouts set, and use moves one of them', async () => {
    const { auth } = await stage().signedIn({
      timeouts: { idleTimeout: HOUR, absoluteTimeout: 8 * HOUR },
    })
    await stage().advance(60_000)
    expect(fact('next', 'Ends, if nobody uses it')).toContain('in 59 min,')
    expect(fact('next', 'Ends, whatever is done')).toContain('in 7 h 59 min')
    await auth.stay()
    await stage().advance(11_000)
    expect(fact('next', 'Ends, if nobody uses it')).toContain('in 59 min 49 s')
    expect(fact('next', 'Ends, whatever is done')).toContain('in 7 h 58 min')
  })

  it('is the end that the client has told of, once it is near', async () => {
    await stage().signedIn({ timeouts: { idleTimeout: 120_000, notice: 30_000 } })
    await stage().advance(100_000)
    expect(titles()).toContain('SESSION_ENDING')
    expect(fact('next', 'Ends, if nobody uses it')).toContain(`in ${duration(20_000)}`)
    await stage().advance(21_000)
    expect(linesOf('line')[0]).toContain('SIGNED_OUT Nobody used the session for too long.')
  })
})

describe('patience', () => {
  it('counts failures and tells of the next try, until a refresh succeeds', async () => {
    const { auth, server } = { ...(await stage().signedIn()), server: stage().server }
    expect(linesOf('patience')).toEqual([
      'No refresh has failed since the last one that succeeded.',
    ])
    server.fail({ type: 'status', status: 503 }, { path: '/token', times: 2 })
    await auth.refreshSession().catch(() => null)
    await stage().settle()
    expect(fact('state', 'Status')).toBe('Status | Signed in, refresh fails')
    expect(linesOf('patience')[0]).toBe('Failed in a row | 1')
    expect(linesOf('patience')[1]).toMatch(/^Next try \| in \d+ (s|min)/)
    expect(linesOf('patience')[2]).toContain('503')
    await auth.refreshSession().catch(() => null)
    await stage().settle()
    expect(linesOf('patience')[0]).toBe('Failed in a row | 2')
    await auth.refreshSession()
    await stage().settle()
    expect(linesOf('patience')).toEqual([
      'No refresh has failed since the last one that succeeded.',
    ])
  })

  it('says that nothing is tried again where the token is spent on a step, also to a panel that opens later', async () => {
    const details = { step: 'mfa_required', spent: true }
    const refusal = new AuthError('step_required', 'A code, please.', { details })
    const opened = stage().open({ refusal })
    await opened.auth.signIn(ADA)
    const stop = stage().show(opened)
    await opened.auth.refreshSession().catch(() => null)
    await stage().settle()
    const none = /^Next try \| none/
    expect(linesOf('patience')[1]).toMatch(none)
    expect(linesOf('line')[0]).toContain('It is not tried again.')
    expect(fact('next', 'Next try')).toContain('When the step is done')
    stop()
    stage().show(opened)
    await stage().settle()
    expect(linesOf('patience')[1]).toMatch(none)
  })

  it('is known from storage to a panel that was not there when it began', async () => {
    const opened = stage().open()
    await opened.auth.signIn(ADA)
    stage().server.fail({ type: 'status', status: 503 }, { path: '/token', times: 3 })
    for (let i = 0; i < 3; i++) await opened.auth.refreshSession().catch(() => null)
    stage().show(opened)
    await stage().settle()
    expect(linesOf('patience')[0]).toBe('Failed in a row | 3')
  })
})

describe('the time line', () => {
  it('has what happened, the newest first, in words', async () => {
    const { auth } = await stage().signedIn()
    await auth.refreshSession()
    await auth.signOut()
    await stage().settle()
    expect(titles()).toEqual(['SIGNED_OUT', 'TOKEN_REFRESHED', 'SIGNED_IN', 'INITIAL_SESSION'])
    expect(linesOf('line')[0]).toContain('this tab | SIGNED_OUT The app called signOut().')
  })

  it('has what the panels of other tabs tell, and no stranger’s nonsense', async () => {
    await stage().signedIn()
    const channel = new BroadcastChannel('holdfast-devtools:app')
    const told = {
      tab: 'x7k',
      at: Date.now(),
      title: 'TOKEN_REFRESHED',
      text: 'A new token.',
      tone: 'good',
    }
    channel.postMessage(told)
    for (const wrong of [
      null,
      'text',
      {},
      { ...told, tone: 'loud' },
      { ...told, at: 'now' },
      // Later than any date can be.
      { ...told, at: 8_640_000_000_000_001 },
      { ...told, text: 'x'.repeat(401) },
      { ...told, title: {} },
    ]) {
      channel.postMessage(wrong)
    }
    await stage().settle()
    expect(linesOf('line').filter((line) => line.includes('tab x7k'))).toHaveLength(1)
    expect(titles()).toHaveLength(3)
  })

  it('tells the panels of other tabs, without a token', async () => {
    const heard: unknown[] = []
    const channel = new BroadcastChannel('holdfast-devtools:app')
    channel.onmessage = ({ data }) => heard.push(data)
    const { auth } = await stage().signedIn()
    expect(heard.map((one) => Object(one).title)).toEqual(['INITIAL_SESSION', 'SIGNED_IN'])
    const { accessToken, refreshToken } = auth.getSnapshot().session ?? {}
    expect(JSON.stringify(heard)).not.toContain(accessToken)
    expect(JSON.stringify(heard)).not.toContain(refreshToken)
  })

  it('has the steps that were recorded, those before the panel too, for whoever wants them', async () => {
    const opened = stage().open()
    await opened.auth.signIn(ADA)
    stage().show(opened)
    await stage().settle()
    expect(titles()).toEqual(['INITIAL_SESSION'])
    find<HTMLInputElement>('input[type=checkbox]').click()
    expect(titles()).toContain('established')
  })

  it('is emptied by its button, and remembers 300 lines at the most', async () => {
    await stage().signedIn()
    const channel = new BroadcastChannel('holdfast-devtools:app')
    const told = { tab: 'x7k', title: 'TOKEN_REFRESHED', text: '', tone: 'good' }
    for (let i = 1; i <= 301; i++) channel.postMessage({ ...told, at: i })
    await stage().settle()
    expect(titles()).toHaveLength(300)
    buttonOf('Clear').click()
    await stage().settle()
    expect(titles()).toEqual([])
    expect(linesOf('line')).toEqual(['Nothing has happened yet.'])
  })
})

describe('looking', () => {
  it('costs no request and no step of the client, however long the panel is open', async () => {
    await stage().signedIn()
    find<HTMLInputElement>('input[type=checkbox]').click()
    await stage().settle()
    const [steps, requests] = [titles().length, stage().server.requests.length]
    await stage().advance(120_000)
    expect(titles()).toHaveLength(steps)
    expect(stage().server.requests).toHaveLength(requests)
  })

  it('rests while the panel is closed', async () => {
    const { tab } = await stage().signedIn()
    buttonOf('Close').click()
    await stage().settle()
    let looks = 0
    const { get } = tab.storage
    tab.storage.get = (key) => {
      looks++
      return get(key)
    }
    await stage().advance(60_000)
    expect(looks).toBe(0)
    find('.toggle').click()
    await stage().settle()
    expect(looks).toBeGreaterThan(0)
  })
})

describe('by keyboard, the panel', () => {
  it('opens with the focus in it, and gives it back when Escape closes it', async () => {
    stage().show(stage().open(), {})
    await stage().settle()
    const toggle = find('.toggle')
    expect(find('#panel').hidden).toBe(true)
    expect(toggle.getAttribute('aria-expanded')).toBe('false')
    toggle.focus()
    toggle.click()
    expect(find('#panel').hidden).toBe(false)
    expect(rootOf().activeElement?.textContent).toBe('Holdfast devtools')
    press('Escape')
    expect(find('#panel').hidden).toBe(true)
    expect(rootOf().activeElement).toBe(toggle)
  })

  it('keeps its Escape from the dialogs of the app', async () => {
    let heard = 0
    const hear = () => heard++
    document.addEventListener('keydown', hear)
    stage().show(stage().open(), {})
    await stage().settle()
    press('Escape')
    const before = heard
    find('.toggle').click()
    press('Escape')
    document.removeEventListener('keydown', hear)
    expect([before, heard]).toEqual([1, 1])
  })

  it('is open again on the next page of the tab, without taking the focus', async () => {
    const opened = stage().open()
    const stop = stage().show(opened, {})
    find('.toggle').click()
    stop()
    stage().show(opened, {})
    expect(find('#panel').hidden).toBe(false)
    expect(document.activeElement).toBe(document.body)
  })
})
