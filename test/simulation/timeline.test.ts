import { describe, expect, it } from 'vitest'
import { type Entry, shortened, timeline } from './timeline.js'

describe('a time line', () => {
  const id = 'mkorTz81-Qw_x0aa'
  const entries: readonly Entry[] = [
    { column: 'tab-1', text: 'calls refresh' },
    { column: 'tab-1', text: 'storage.get app' },
    { column: 'tab-1', text: 'storage.get:answer app' },
    { column: 'tab-2', text: `storage.set app.${id}` },
    { column: 'world', text: 'crash tab-2' },
    { column: 'server', text: 'tab-1 /token?grant_type=refresh_toke → 200 none' },
    {
      column: 'tab-1',
      text: 'fetch:answer https://auth.example/auth/v1/token?grant_type=password',
    },
  ]
  const lines = (options = {}): string[] => timeline(entries, options).split('\n')

  it('has a column per tab in order of appearance, the server last', () => {
    expect(
      lines()[0]
        ?.split('│')
        .map((name) => name.trim()),
    ).toEqual(['', 'tab-1', 'tab-2', 'server'])
  })

  it('shows each step in its column, in order', () => {
    const cells = lines()
      .slice(2)
      .map((line) => line.split('│').map((cell) => cell.trim()))
    expect(cells.map(([step]) => step?.split(' ')[0])).toEqual(['1', '2', '4', '5', '6', '7'])
    expect(cells[0]).toEqual(['1', 'calls refresh', '', ''])
    expect(cells[4]).toEqual(['6', '', '', 'tab-1 refresh → 200'])
    expect(cells[5]?.[1]).toBe('fetch:answer /token password')
  })

  it.each([
    ['storage.get:answer holdfast:app', 'storage.get:answer lease'],
    ['lock.request:answer holdfast:app', 'lock.request:answer'],
    ['channel.hint holdfast:app', 'channel.hint'],
    ['hears TOKEN_REFRESHED token 1', 'TOKEN_REFRESHED token 1'],
    ['tab-1 /token?grant_type=password → 503 status 503', 'tab-1 /token password → 503'],
    ['tab-1 /logout?scope=local → 204 none', 'tab-1 /logout?scope=local → 204'],
    ['tab-1 /token?grant_type=refresh_toke → 200 page', 'tab-1 refresh → 200 page'],
    ['storage.set app.mkorTz81-Qw_x0aa', 'storage.set app.x0aa'],
    ['storage.set app.unreadable', 'storage.set app.unreadable'],
  ])('shows %s as %s', (text, short) => {
    expect(shortened(text)).toBe(short)
  })

  it('shortens ids, and leaves out an answer that comes at once', () => {
    const text = lines().join('\n')
    expect(text).toContain('storage.set app.x0aa ')
    expect(text).not.toContain(id)
    expect(text).not.toContain('storage.get:answer')
  })

  it('shows an answer that something came before', () => {
    const [call, , answer] = [entries[1], null, entries[2]]
    const between = { column: 'tab-2', text: 'calls get' }
    const parts = [call, between, answer].flatMap((entry) => entry ?? [])
    expect(timeline(parts)).toContain('storage.get:answer app')
  })

  it('shows a call that is done at once, and what many tabs do alike, in one row', () => {
    const tabs = ['tab-1', 'tab-2', 'tab-3']
    const drawn = timeline([
      ...tabs.map((column) => ({ column, text: 'wake' })),
      { column: 'tab-1', text: 'calls get' },
      { column: 'tab-1', text: 'get is done' },
      { column: 'tab-1', text: 'calls get' },
      { column: 'tab-2', text: 'get is done' },
    ]).split('\n')
    const cells = drawn.slice(2).map((row) => row.split('│').map((cell) => cell.trim()))
    expect(cells).toEqual([
      ['1', 'wake', 'wake', 'wake'],
      ['4', 'calls get, done', '', ''],
      ['6', 'calls get', '', ''],
      ['7', '', 'get is done', ''],
    ])
  })

  it('keeps what a tab does twice in two rows', () => {
    const twice = [1, 2].map(() => ({ column: 'tab-1', text: 'wake' }))
    expect(timeline(twice).match(/wake/g)).toHaveLength(2)
  })

  it('ends soon after something is broken, unless all of it is asked for', () => {
    const steps = Array.from({ length: 300 }, (_, i) => ({ column: 'tab-1', text: `step ${i}` }))
    const broken = [...steps.slice(0, 200), { column: 'world', text: 'BROKEN x' }, ...steps]
    const drawn = timeline(broken, { rows: 20 }).split('\n')
    expect(drawn.filter((row) => row.includes('BROKEN'))).toHaveLength(1)
    expect(drawn).toHaveLength(2 + 20 + 2)
    expect(drawn.at(-1)).toMatch(/^… 292 later rows$/)
    expect(timeline(broken, { rows: Number.POSITIVE_INFINITY })).toContain('step 299')
  })

  it('draws what happens to the world across all columns', () => {
    const [mark = ''] = lines().filter((line) => line.includes('crash tab-2'))
    expect(mark).toMatch(/^5 ── crash tab-2 ─+$/)
    expect(mark.length).toBe(lines()[1]?.length)
  })

  it('shows the last rows, and says how many it leaves out', () => {
    const shown = lines({ rows: 2 })
    expect(shown[2]).toBe('… 4 earlier rows')
    expect(shown).toHaveLength(5)
    expect(shown.at(-1)).toContain('fetch:answer')
  })

  it('fits its width however many tabs there are, and cuts what does not', () => {
    const many = Array.from({ length: 200 }, (_, i) => ({
      column: `tab-${(i % 20) + 1}`,
      text: `step ${'x'.repeat(i)}`,
    }))
    const drawn = timeline([...many, { column: 'server', text: 'y'.repeat(300) }]).split('\n')
    for (const line of drawn) expect(line.length).toBeLessThanOrEqual(160)
    expect(drawn[0]).toMatch(/others +│ server$/)
    expect(drawn.at(-1)).toMatch(/y…$/)
    expect(drawn.filter((line) => /tab-20 step x*…/.test(line)).length).toBeGreaterThan(0)
  })
})
