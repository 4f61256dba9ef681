// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import {
  buttonOf,
  fact,
  find,
  HOUR,
  linesOf,
  press,
  rootOf,
  stageOfEachTest,
  titles,
} from './stage.js'

const stage = stageOfEachTest()

const signedIn = () => stage().signedIn({ withFaults: true })

async function click(label: string): Promise<void> {
  buttonOf(label).click()
  await stage().settle()
}

const outcomeOf = (part: string): string => find(`section.${part} .outcome`).textContent ?? ''
const switched = (): string => find('.switched').textContent ?? ''
const alarm = (): string => find('.alarm').textContent ?? ''
const pressed = (): (string | null)[] =>
  [...rootOf().querySelectorAll('[aria-pressed="true"]')].map((one) => one.textContent)

const NOTHING = 'Nothing is switched on. Closing the panel or the tab sets all right.'

describe('the buttons that make things go wrong', () => {
  it('are there for a client with a fault injector, and for no other', async () => {
    await stage().signedIn()
    expect(find('section.faults').hidden).toBe(true)
    expect(find('section.faults').querySelectorAll('button')).toHaveLength(0)
    stage().show(stage().open({ storageKey: 'other', withFaults: true }))
    const select = find<HTMLSelectElement>('select')
    select.selectedIndex = 1
    select.dispatchEvent(new Event('change'))
    await stage().settle()
    expect(find('section.faults').hidden).toBe(false)
    expect(switched()).toBe(NOTHING)
    expect(alarm()).toBe('')
  })

  it('put the server out of reach, and back', async () => {
    await signedIn()
    await click('Server out of reach')
    expect(outcomeOf('faults')).toBe('Server out of reach: Requests fail, as without a network.')
    expect(titles()[0]).toBe('Server out of reach')
    expect(pressed()).toEqual(['Server out of reach'])
    expect(switched()).toBe(
      'On, for this tab’s client: server out of reach. Closing the panel or the tab sets all right.',
    )
    expect(alarm()).toBe('Faults: server out of reach')
    await click('Refresh now')
    expect(outcomeOf('actions')).toContain('network: The server could not be reached')
    expect(fact('state', 'Status')).toBe('Status | Signed in, refresh fails')
    expect(stage().refreshes()).toBe(0)
    await click('Server out of reach')
    expect([pressed(), switched(), alarm()]).toEqual([[], NOTHING, ''])
    await click('Refresh now')
    expect(stage().refreshes()).toBe(1)
    expect(fact('state', 'Status')).toBe('Status | Signed in')
  })

  it('have the server answer 503, in the place of what was on before', async () => {
    await signedIn()
    await click('Server out of reach')
    await click('Server answers 503')
    expect(pressed()).toEqual(['Server answers 503'])
    await click('Refresh now')
    expect(outcomeOf('actions')).toContain('server_error (503)')
    expect(stage().refreshes()).toBe(0)
  })

  it('have it answer slowly, and an outage takes the answer that is under way', async () => {
    const { auth } = await signedIn()
    await click('Server slow')
    await click('Refresh now')
    expect(outcomeOf('actions')).toBe('Refresh now: …')
    await stage().advance(4_000)
    expect(outcomeOf('actions')).toBe('Refresh now: A new token, which lives 59 min 56 s.')
    const before = auth.getSnapshot().session?.refreshToken
    await click('Refresh now')
    await click('Server out of reach')
    await stage().advance(4_000)
    expect(outcomeOf('actions')).toContain('network: The server could not be reached')
    expect(stage().refreshes()).toBe(2)
    expect(auth.getSnapshot().session?.refreshToken).toBe(before)
  })
})

describe('the clock', () => {
  it('a day ahead makes the client refresh at once, as on a device whose clock was set', async () => {
    await signedIn()
    await click('Clock +1 d')
    expect(outcomeOf('faults')).toBe('Clock +1 d: For this client: clock 1 d fast.')
    expect(alarm()).toBe('Faults: clock 1 d fast')
    expect(stage().refreshes()).toBe(1)
    await click('Clock −1 h')
    expect(alarm()).toBe('Faults: clock 23 h fast')
    await click('Set all right')
    expect([switched(), alarm()]).toEqual([NOTHING, ''])
  })

  it('leaves the time line in the order in which things happened', async () => {
    await signedIn()
    await click('Clock +1 d')
    await stage().advance(1_000)
    await click('Clock −1 d')
    await stage().advance(1_000)
    await click('Clock −1 d')
    await stage().advance(1_000)
    await click('Refresh now')
    expect(titles().slice(0, 5)).toEqual([
      'Refresh now',
      'TOKEN_REFRESHED',
      'Clock −1 d',
      'Clock −1 d',
      'TOKEN_REFRESHED',
    ])
  })
})

describe('the theft', () => {
  it('asks first, and ends the session at the next refresh of a server that watches for it', async () => {
    const heard: unknown[] = []
    const channel = new BroadcastChannel('holdfast-devtools:app')
    channel.onmessage = ({ data }) => heard.push(data)
    const { auth } = await signedIn()
    await click('Steal the token…')
    expect(rootOf().activeElement?.textContent).toBe('Cancel')
    expect(stage().refreshes()).toBe(0)
    await click('Use it elsewhere')
    expect(outcomeOf('faults')).toBe(
      'Steal the token, use it elsewhere: The server took it. What it makes of two holders shows at the next refresh.',
    )
    expect(stage().refreshes()).toBe(2)
    expect(auth.getSnapshot().status).toBe('signed-in')
    // GoTrue takes what it has replaced for ten seconds more.
    await stage().advance(11_000)
    await click('Refresh now')
    expect(auth.getSnapshot().status).toBe('signed-out')
    expect(linesOf('line').join()).toContain('The server refused the refresh token for good.')
    const tokens = stage().server.requests.flatMap(({ presented, returned }) => [
      presented,
      returned,
    ])
    const seen = rootOf().innerHTML + JSON.stringify(heard)
    expect(tokens.filter((token) => token !== null).length).toBeGreaterThan(3)
    expect(tokens.filter((token) => token !== null && seen.includes(token))).toEqual([])
  })

  it('is taken back by Escape', async () => {
    await signedIn()
    await click('Steal the token…')
    press('Escape')
    expect(rootOf().activeElement).toBe(buttonOf('Steal the token…'))
    expect(find('#panel').hidden).toBe(false)
    expect(stage().refreshes()).toBe(0)
  })
})

describe('nothing stays wrong unseen', () => {
  it('closing the panel sets all right, and says so', async () => {
    const { auth } = await signedIn()
    await click('Server out of reach')
    await click('Clock +1 d')
    await click('Close')
    await auth.refreshSession()
    expect(auth.getSnapshot().session?.expiresAt).toBe(stage().browser.clock.now() + HOUR)
    find('.toggle').click()
    await stage().settle()
    expect([switched(), alarm(), pressed()]).toEqual([NOTHING, '', []])
    expect(linesOf('line').join()).toContain('Set all right The panel was closed.')
  })

  it('closing it says nothing where all was right', async () => {
    await signedIn()
    await click('Close')
    find('.toggle').click()
    await stage().settle()
    expect(titles()).not.toContain('Set all right')
  })

  it('an app that takes its client off the panel has it right again', async () => {
    const { auth, stop } = await signedIn()
    await click('Server out of reach')
    stop()
    await auth.refreshSession()
    expect(stage().refreshes()).toBe(1)
  })

  it('so has one that takes the element off the page', async () => {
    const { auth } = await signedIn()
    await click('Server out of reach')
    document.querySelector('holdfast-devtools')?.remove()
    await auth.refreshSession()
    expect(stage().refreshes()).toBe(1)
  })

  it('what is on for one client is said while another is shown', async () => {
    await signedIn()
    stage().show(stage().open({ storageKey: 'other' }))
    await click('Server out of reach')
    const select = find<HTMLSelectElement>('select')
    select.selectedIndex = 1
    select.dispatchEvent(new Event('change'))
    await stage().settle()
    expect(alarm()).toBe('Faults: app: server out of reach')
    expect(find('section.faults').hidden).toBe(true)
  })
})
