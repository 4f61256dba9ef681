import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createFlows } from '../../src/core/flows.js'
import { parsePointer, serializePointer } from '../../src/core/pointer.js'
import { parseRecord, serializeRecord } from '../../src/core/record.js'
import { createWorld } from '../support/world.js'

type Texts = Readonly<Record<string, string>>

/** What a tab of that release had in localStorage, by what had happened before. */
const read = (release: string): Readonly<Record<string, Texts>> =>
  JSON.parse(
    readFileSync(new URL(`../fixtures/releases/${release}/stored.json`, import.meta.url), 'utf8'),
  )

describe.each(['0.1.0'])('what %s has stored', (release) => {
  const states = read(release)
  const at = (state: string): Texts => states[state] ?? {}
  const texts = Object.values(states).flatMap(Object.entries)
  /** Texts under the key itself, or under it and a lineage. */
  const named = (name: RegExp): string[] =>
    texts.filter(([key, text]) => name.test(key) && text !== 'nonsense').map(([, text]) => text)

  /** A tab that opens on it. */
  async function open(state: string) {
    const world = createWorld()
    for (const [key, text] of Object.entries(at(state)))
      world.browser.storage.entries.set(key, text)
    const { auth, events } = world.open({ autoRefresh: false })
    await world.clock.settle()
    return { world, auth, events }
  }
  const person = ({ auth }: Awaited<ReturnType<typeof open>>) => auth.getSnapshot().session?.user

  it('is read whole by the parsers of today, and written as it was', () => {
    const pointers = named(/^app$/)
    expect(pointers.length).toBeGreaterThan(3)
    for (const text of pointers) {
      const pointer = parsePointer(text)
      expect(pointer && JSON.parse(serializePointer(pointer))).toEqual(JSON.parse(text))
    }
    const records = named(/^app\.0/)
    expect(records.length).toBeGreaterThan(3)
    for (const text of records) {
      const stored = parseRecord(text)
      expect(stored?.savedAt).toBeNull()
      const again = stored && JSON.parse(serializeRecord(stored.record, 5))
      expect(again).toEqual({ ...JSON.parse(text), savedAt: 5 })
    }
  })

  it('lets who was signed in stay so', async () => {
    const first = await open('signed in')
    expect(person(first)).toMatchObject({ email: 'ada@example.com' })
    const second = await open('refreshed, described anew, and a redirect under way')
    expect(person(second)).toMatchObject({ userMetadata: { name: 'Ada' } })
    expect(person(await open('another person'))).toMatchObject({ email: 'bob@example.com' })
    expect(second.events).toEqual([expect.stringMatching(/^INITIAL_SESSION ey/)])
  })

  it('lets who was signed out stay so, and somebody sign in anew', async () => {
    const opened = await open('signed out')
    expect(opened.auth.getSnapshot()).toMatchObject({ status: 'signed-out', error: null })
    await opened.auth.signIn({ name: 'ada' })
    expect(person(opened)).toMatchObject({ id: 'ada' })
  })

  it('lets a redirect that is under way come back', async () => {
    const stored = at('refreshed, described anew, and a redirect under way')
    const vault = { readText: async () => stored['app.flows'] ?? null, updateText: async () => {} }
    expect(await createFlows(vault, () => 0).list()).toMatchObject([
      { purpose: 'sign-in', secret: expect.stringMatching(/^[\w-]{43}$/) },
    ])
  })

  it('and set aside as unreadable signs nobody in, and is gone after the next sign-out', async () => {
    const names = ['a record of an unknown version set aside', 'an unreadable pointer set aside']
    for (const name of names) {
      const opened = await open(name)
      const { entries } = opened.world.browser.storage
      expect(entries.has('app.unreadable')).toBe(true)
      expect(await opened.auth.getSession()).toBeNull()
      await opened.auth.signIn({ name: 'ada' })
      await opened.auth.signOut()
      expect(entries.has('app.unreadable')).toBe(false)
    }
  })
})
