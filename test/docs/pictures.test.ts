import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createPictures } from '../support/pictures.js'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-pictures-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Pictures that take 400 ms each, of 1,000 ms. */
function createAlbum() {
  const [kept, said]: [string[], string[]] = [[], []]
  let time = 0
  const keep = createPictures({
    folder,
    budget: 1_000,
    now: () => time,
    tell: (words) => said.push(words),
  })
  const page = {
    async screenshot({ path = '' } = {}) {
      time += 400
      kept.push(path)
      return Buffer.alloc(0)
    },
  }
  return { kept, said, keep: (name: string) => keep(page, name) }
}

describe('pictures of pages', () => {
  it('are kept under their names, and it is said once where', async () => {
    const { kept, said, keep } = createAlbum()
    await keep('reference/index-light')
    await keep('the demo at first')
    const names = ['reference-index-light', 'the-demo-at-first']
    expect(kept).toEqual(names.map((name) => join(folder, `${name}.png`)))
    expect(said).toEqual([`Pictures of pages are in ${folder}.`])
    expect(existsSync(folder)).toBe(true)
  })

  it('end where they have taken their time', async () => {
    const { kept, keep } = createAlbum()
    for (const name of ['a', 'b', 'c', 'd', 'e']) await keep(name)
    expect(kept).toHaveLength(3)
  })
})
