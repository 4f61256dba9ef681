import crypto from 'node:crypto'
import { sealData, unsealData } from 'iron-session'
import { defaults, hmacWithPassword, seal, unseal } from 'iron-webcrypto'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createFastSeals, findFastSeals } from '../../../src/server/sealed/fast-seal.js'
import { sealText, unsealText } from '../../../src/server/sealed/seal.js'
import { findNodeCrypto, type NodeCrypto } from '../../../src/server/shared/node-crypto.js'
import { fc } from '../../support/fast-check.js'

const OLD = 'the password of last year, which is long'
const NEW = 'the password of this year — ☂ — which is long'
const TEXT = JSON.stringify({
  accessToken: 'a',
  refreshToken: 'r',
  user: { id: 'user_1', n: 'Zoë' },
})
const NOW = 1_700_000_000_000
const now = () => NOW

type Seals = typeof import('../../../src/server/sealed/seal.js')
/** What the same functions do where there is no `node:crypto`: iron is at work. */
let web: Seals

function found(): NodeCrypto {
  const node = findNodeCrypto()
  if (!node) throw new Error('This Node has no node:crypto to ask for.')
  return node
}

const fast = createFastSeals(found())

/** Loads the module anew while the runtime has no builtin modules, as those of the web. */
async function withoutNode(): Promise<Seals> {
  const missing = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
  vi.resetModules()
  const seals = await import('../../../src/server/sealed/seal.js')
  // It looks once.
  await seals.sealText('', OLD)
  expect(missing).toHaveBeenCalledOnce()
  missing.mockRestore()
  return seals
}

beforeAll(async () => {
  web = await withoutNode()
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** Any text, also with halves of characters and a mark of byte order. */
const texts = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom('\uFEFF', '\uD83D', '\uDE00', 'a', '\u0000')).map((all) => all.join('')),
)

/** What both open a text to: the same, or nothing. */
async function both(sealed: string, password: Parameters<typeof unsealText>[1] = NEW) {
  const [byNode, byWeb] = [
    await unsealText(sealed, password, { now }),
    await web.unsealText(sealed, password, { now }),
  ]
  expect([sealed, byNode]).toEqual([sealed, byWeb])
  return byNode
}

/** A seal whose MAC is right, whatever its parts are: only whoever has the password can make it. */
async function authentic(...parts: readonly string[]): Promise<string> {
  const base = ['Fe26.2', '1', ...parts].join('*')
  const { digest, salt } = await hmacWithPassword(NEW, defaults.integrity, base)
  return `${base}*${salt}*${digest}~2`
}

describe('seals by node:crypto', () => {
  it('are what a Node server makes and opens: the web’s crypto is asked for nothing', async () => {
    const importKey = vi.spyOn(crypto.webcrypto.subtle, 'importKey')
    expect(await unsealText(await sealText(TEXT, NEW), NEW)).toBe(TEXT)
    expect(importKey).not.toHaveBeenCalled()
    await web.sealText(TEXT, NEW)
    expect(importKey).toHaveBeenCalled()
  })

  it('open by iron, and iron’s open here, whatever text it is', async () => {
    const end = { ttl: 60_000, localtimeOffsetMsec: NOW - Date.now() }
    const iron = { ...defaults, ...end, encode: String, decode: (text: string) => text }
    await fc.assert(
      fc.asyncProperty(texts, fc.boolean(), async (text, ends) => {
        const ttl = ends ? 60_000 : 0
        const theirs = await seal(text, { id: '1', secret: NEW }, { ...iron, ttl })
        const ours = fast.seal(text, { secret: NEW, id: '1', end: ends ? NOW + ttl : null })
        const opened = await unseal(theirs, NEW, iron)
        expect(fast.open(theirs, NEW, NOW)).toBe(opened)
        expect(await unseal(ours, NEW, iron)).toBe(opened)
        expect(fast.open(ours, NEW, NOW)).toBe(opened)
        expect(ours.replace(/[\w-]/g, 'x')).toBe(theirs.replace(/[\w-]/g, 'x'))
      }),
      { numRuns: 60 },
    )
  })

  it('open in iron-session, and its own open here', async () => {
    expect(await unsealData(await sealText(TEXT, NEW), { password: NEW })).toEqual(JSON.parse(TEXT))
    expect(await both(await sealData(JSON.parse(TEXT), { password: NEW }))).toBe(TEXT)
  })

  it('never use a salt or an IV twice', () => {
    const parts = Array.from({ length: 50 }, () =>
      fast.seal(TEXT, { secret: NEW, id: '1', end: null }).split('*'),
    ).flatMap(([, , salt, iv, , , macSalt]) => [salt, iv, macSalt])
    expect(new Set(parts).size).toBe(150)
  })
})

describe('seals by node:crypto open what the web’s crypto opens, and nothing else', () => {
  it('with any one character changed', async () => {
    for (const sealed of [await sealText(TEXT, NEW), await sealText(TEXT, NEW, { ttl: 1, now })]) {
      for (let at = 0; at < sealed.length; at += 1) {
        for (const put of ['', 'B', '*', '='].filter((one) => one !== sealed[at])) {
          await both(sealed.slice(0, at) + put + sealed.slice(at + 1))
        }
      }
    }
  })

  it('with anything put in or taken out anywhere, encoded or not, by any password', async () => {
    const seals = await Promise.all(
      [NEW, OLD].flatMap((password) => [
        sealText(TEXT, password),
        web.sealText(TEXT, password, { ttl: 90_000, now: () => NOW - 100_000 }),
        sealData({ persistent: 1 }, { password }).then((sealed) => sealed.replace(/~2$/, '')),
      ]),
    )
    const spoilt = fc
      .tuple(
        fc.constantFrom(...seals),
        fc.nat(400),
        fc.nat(3),
        fc.oneof(fc.constant(''), fc.constantFrom('+', '/', ' ', '\n', '=', '~2'), fc.string()),
      )
      .map(([sealed, at, gone, put]) => sealed.slice(0, at) + put + sealed.slice(at + gone))
      .chain((text) => fc.constantFrom(text, text.replaceAll('*', '%2A'), `${text}~2`))
    const passwords = fc.constantFrom<readonly string[]>([NEW], [OLD], [NEW, OLD], [OLD, NEW])
    let opened = 0
    await fc.assert(
      fc.asyncProperty(spoilt, passwords, async (text, password) => {
        if ((await both(text, password)) !== null) opened += 1
      }),
      { numRuns: 600 },
    )
    expect(opened).toBeGreaterThan(10)
  })

  it('to the millisecond of its end', async () => {
    // iron asks the clock itself, some time after our code: however busy the machine is, none passes.
    vi.useFakeTimers({ toFake: ['Date'] })
    const opens = [-60_001, -60_000, -59_999, 0].map(async (left) => {
      const sealed = await web.sealText(TEXT, NEW, {
        ttl: 200_000,
        now: () => NOW - 200_000 + left,
      })
      return (await both(sealed)) !== null
    })
    expect(await Promise.all(opens)).toEqual([false, false, true, true])
  })

  const salt = 'a'.repeat(64)
  const iv = 'A'.repeat(22)
  it.each<[string, readonly string[]]>([
    ['content that is not whole blocks', [salt, iv, 'A'.repeat(43), '']],
    ['content that is no padding', [salt, iv, 'A'.repeat(64), '']],
    ['no content', [salt, iv, '', '']],
    ['an IV that is too short', [salt, 'AAAA', 'A'.repeat(43), '']],
    ['an IV that is too long', [salt, 'A'.repeat(24), 'A'.repeat(43), '']],
    ['no IV', [salt, '', 'A'.repeat(43), '']],
    ['an end with a point', [salt, iv, 'A'.repeat(43), '1e99']],
    ['an end that begins with zero', [salt, iv, 'A'.repeat(43), '01']],
    ['an end below zero', [salt, iv, 'A'.repeat(43), '-1']],
  ])('though its MAC is right: %s', async (_, parts) => {
    expect(await both(await authentic(...parts))).toBeNull()
  })

  // The last is of whole blocks in whole groups of base64.
  it.each([TEXT, 'x'.repeat(40)])('also where its owner has written it oddly: %s', async (text) => {
    const [, , salt = '', iv = '', content = ''] = (await sealText(text, NEW)).split('*')
    const odd = [
      [salt, iv, content, '9999999999999999999999'],
      [salt, `${iv}==`, content, ''],
      [salt, iv, `${content}${'='.repeat((4 - (content.length % 4)) % 4)}`, ''],
      [salt, iv, content.replace(/^../, (two) => `${two}\n`), ''],
      [salt, iv, `${content}A`, ''],
      [salt.toUpperCase(), iv, content, ''],
    ]
    const opened = await Promise.all(odd.map(async (parts) => both(await authentic(...parts))))
    expect(opened[0]).toBe(text)
  })

  it('to the same characters, where what is in it is no text', async () => {
    const [, , salt = '', iv = ''] = (await sealText(TEXT, NEW)).split('*')
    const bytes = Buffer.concat([Buffer.from('\uFEFF{'), Buffer.from([0xff, 0xc3])])
    const key = crypto.pbkdf2Sync(NEW, salt, 1, 32, 'sha1')
    const cipher = crypto.createCipheriv('aes-256-cbc', key, Buffer.from(iv, 'base64url'))
    const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]).toString('base64url')
    expect(await both(await authentic(salt, iv, sealed, ''))).toBe('{\uFFFD\uFFFD')
  })

  it('and leave to iron only what nobody writes: a wrong MAC costs one derivation', async () => {
    const sealed = (await sealText(TEXT, NEW)).replace(/~2$/, '')
    const importKey = vi.spyOn(crypto.webcrypto.subtle, 'importKey')
    const derive = vi.spyOn(crypto, 'pbkdf2Sync')
    expect(await unsealText(`${sealed}~2`, OLD)).toBeNull()
    expect(await unsealText(`${sealed.slice(0, -1)}~2`, OLD)).toBeNull()
    expect(derive).toHaveBeenCalledTimes(1)
    expect(importKey).toHaveBeenCalled()
    importKey.mockClear()
    expect(await unsealText('Fe26.2*1*a*a**a*a~2', NEW)).toBeNull()
    expect(importKey).not.toHaveBeenCalled()
  })
})

describe('a runtime', () => {
  const node = found()
  const broken = (): never => {
    throw new Error('ERR_METHOD_NOT_IMPLEMENTED')
  }
  const lossy: NodeCrypto['createCipheriv'] = (...given) => {
    const cipher = node.createCipheriv(...given)
    return { update: (data) => cipher.update(data.subarray(0, 400)), final: () => cipher.final() }
  }

  it('without node:crypto seals by the web’s', async () => {
    const sealed = await web.sealText(TEXT, NEW)
    expect(await web.unsealText(sealed, NEW)).toBe(TEXT)
    expect(await unsealText(sealed, NEW)).toBe(TEXT)
    expect(await web.unsealText(await sealText(TEXT, NEW), NEW)).toBe(TEXT)
  })

  it.each<[string, object]>([
    ['whose ciphers are not implemented', { createDecipheriv: broken }],
    ['whose keys are others', { pbkdf2Sync: () => node.randomBytes(32) }],
    ['whose keys are others, and always the same', { pbkdf2Sync: () => Buffer.alloc(32, 7) }],
    ['that compares nothing', { timingSafeEqual: () => false }],
    ['that makes no seals', { createCipheriv: broken }],
    ['whose long texts come to less', { createCipheriv: lossy }],
  ])('%s is not believed when it names them', (_, spoilt) => {
    expect(findFastSeals(node)).not.toBeNull()
    expect(findFastSeals({ ...node, ...spoilt })).toBeNull()
  })
})
