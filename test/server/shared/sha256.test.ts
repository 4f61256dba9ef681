import { expect, it, vi } from 'vitest'
import { findNodeCrypto, type NodeCrypto } from '../../../src/server/shared/node-crypto.js'
import { findSha256, sha256 } from '../../../src/server/shared/sha256.js'

const BYTES = new TextEncoder().encode('["refresh_ü","org_☂"]')

function nodeCrypto(): NodeCrypto {
  const node = findNodeCrypto()
  if (!node) throw new Error('This runtime has no node:crypto.')
  return node
}

const broken = (): never => {
  throw new Error('not implemented')
}

it('a name that processes share is the same by Node’s crypto and by the web’s', async () => {
  const web = new Uint8Array(await crypto.subtle.digest('SHA-256', BYTES))
  expect(new Uint8Array(findSha256()?.(BYTES) ?? [])).toEqual(web)
  expect(new Uint8Array(await sha256(BYTES))).toEqual(web)
})

it.each<[string, NodeCrypto['createHash']]>([
  ['throws', broken],
  ['is another one', () => nodeCrypto().createHash('sha512')],
  ['takes in nothing', () => ({ ...nodeCrypto().createHash('sha256'), update: broken })],
])('a digest of a runtime that %s is not believed', (_, createHash) => {
  expect(findSha256(nodeCrypto())).not.toBeNull()
  expect(findSha256({ ...nodeCrypto(), createHash })).toBeNull()
})

it('a runtime without Node’s crypto makes the same name by the web’s', async () => {
  const known = await sha256(BYTES)
  vi.resetModules()
  const { sha256: ofWeb } = await import('../../../src/server/shared/sha256.js')
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
  const name = await ofWeb(BYTES)
  vi.restoreAllMocks()
  expect(name).toEqual(new Uint8Array(known))
  expect(name.constructor).toBe(Uint8Array)
})
