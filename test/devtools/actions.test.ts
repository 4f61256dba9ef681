// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'
import { buttonOf, find, HOUR, press, rootOf, stageOfEachTest, titles } from './stage.js'

const stage = stageOfEachTest()

const outcome = (): string => find('.outcome').textContent ?? ''

describe('a button', () => {
  it('refreshes by a request of its own, and says what came of it', async () => {
    const { auth } = await stage().signedIn()
    const before = auth.getSnapshot().session?.refreshToken
    buttonOf('Refresh now').click()
    await stage().settle()
    expect(stage().refreshes()).toBe(1)
    expect(auth.getSnapshot().session?.refreshToken).not.toBe(before)
    expect(outcome()).toBe('Refresh now: A new token, which lives 1 h.')
    expect(titles()[0]).toBe('Refresh now')
  })

  it('asks for the session, without a request while its token is fresh', async () => {
    await stage().signedIn()
    buttonOf('Get session').click()
    await stage().settle()
    expect(outcome()).toBe('Get session: A session, whose token has 1 h left.')
    expect(stage().refreshes()).toBe(0)
  })

  it('says what failed, and what came of it is gone after a while', async () => {
    stage().show(stage().open())
    await stage().settle()
    buttonOf('Refresh now').click()
    await stage().settle()
    expect(outcome()).toContain('session_missing')
    expect(find('.outcome').dataset.tone).toBe('bad')
    await stage().advance(25_000)
    expect(outcome()).toBe('')
  })

  it('says that the client is disposed of, also to whoever signed out before', async () => {
    const opened = stage().open()
    stage().show(opened)
    await stage().settle()
    opened.auth.dispose()
    buttonOf('Get session').click()
    await stage().settle()
    expect(find('.badge').textContent).toBe('Disposed')
  })

  it('lets the session go on, where timeouts could end it', async () => {
    await stage().signedIn({ timeouts: { idleTimeout: HOUR } })
    buttonOf('Stay').click()
    await stage().settle()
    expect(outcome()).toBe('Stay: The session goes on as if it were used now.')
  })

  it('is not there for what this client cannot do', async () => {
    stage().show(stage().open(), { initialIsOpen: true, options: undefined })
    await stage().settle()
    const labels = [...rootOf().querySelectorAll('.row button')].map((one) => one.textContent)
    expect(labels).toEqual(['Refresh now', 'Get session', 'Sign out…'])
  })
})

describe('a button that ends something', () => {
  it('asks first, with the focus where nothing happens, and takes a Cancel', async () => {
    const { auth } = await stage().signedIn()
    buttonOf('Sign out…').click()
    expect(find('.question p').textContent).toBe('Which sessions of this person end?')
    expect(rootOf().activeElement?.textContent).toBe('Cancel')
    buttonOf('Cancel').click()
    await stage().settle()
    expect(auth.getSnapshot().status).toBe('signed-in')
    expect(rootOf().activeElement).toBe(buttonOf('Sign out…'))
  })

  it('takes an Escape for a Cancel, and the next one closes the panel', async () => {
    const { auth } = await stage().signedIn()
    buttonOf('Sign out…').click()
    press('Escape')
    expect(rootOf().querySelector('.question')).toBeNull()
    expect(find('#panel').hidden).toBe(false)
    press('Escape')
    expect(find('#panel').hidden).toBe(true)
    expect(auth.getSnapshot().status).toBe('signed-in')
  })

  it.each([
    ['This one', 'local', 'signed-out'],
    ['All others', 'others', 'signed-in'],
    ['All', 'global', 'signed-out'],
  ])('ends sessions: %s', async (label, scope, status) => {
    const { auth } = await stage().signedIn()
    const signOut = vi.spyOn(auth, 'signOut')
    buttonOf('Sign out…').click()
    buttonOf(label).click()
    await stage().settle()
    expect(signOut.mock.calls).toEqual([[{ scope }]])
    expect(auth.getSnapshot().status).toBe(status)
    expect(outcome()).toBe(`Sign out, ${label.toLowerCase()}: It is done.`)
  })

  it('clears storage, so that nobody is signed in for a tab that opens then', async () => {
    await stage().signedIn()
    expect(stage().browser.storage.entries.size).toBeGreaterThan(1)
    buttonOf('Clear storage…').click()
    buttonOf('Delete').click()
    await stage().settle()
    expect(stage().browser.storage.entries.size).toBe(0)
    expect(await stage().open().auth.getSession()).toBeNull()
  })

  it('takes its question back when another client is shown', async () => {
    const first = await stage().signedIn()
    stage().show(stage().open({ storageKey: 'other' }))
    buttonOf('Sign out…').click()
    const select = find<HTMLSelectElement>('select')
    select.selectedIndex = 1
    select.dispatchEvent(new Event('change'))
    expect(rootOf().querySelector('.question')).toBeNull()
    expect(first.auth.getSnapshot().status).toBe('signed-in')
  })
})
