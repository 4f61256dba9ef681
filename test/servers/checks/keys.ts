import { createSealedSessions } from 'holdfast/server'
import { ensure, type RealmLab } from '../lab.js'
import type { Check } from './check.js'

const password = 'a password of more than 32 characters, for cookies'

/** The name of the key that signed a token. */
function keyOf(token: string): string {
  const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
  const has = typeof header === 'object' && header !== null && 'kid' in header
  return has ? String(header.kid) : ''
}

async function addKey({ admin, settings }: RealmLab): Promise<void> {
  const realm = await admin.send('GET', `/${settings.name}`)
  const parentId = typeof realm === 'object' && realm !== null && 'id' in realm ? realm.id : null
  await admin.send('POST', `/${settings.name}/components`, {
    name: 'newer',
    parentId,
    providerId: 'rsa-generated',
    providerType: 'org.keycloak.keys.KeyProvider',
    config: { priority: ['200'], enabled: ['true'], active: ['true'] },
  })
}

export const newKey: Check = {
  name: 'A new key signs; a server with sealed sessions checks the tokens',
  async run(lab) {
    const { session, auth } = await lab.signedIn()
    // Who holds the tokens now is the server: a page that goes on would spend them.
    auth.dispose()
    const sessions = createSealedSessions({
      provider: lab.provider(),
      verification: { jwksUrl: `${lab.endpoints}/certs`, issuer: lab.issuer, audience: false },
    })
    const { accessToken, refreshToken, user } = session
    const grant = { accessToken, refreshToken: refreshToken ?? '', user: user ?? { id: '' } }
    const life = { lifetime: lab.settings.accessTokenLifespan * 1000 }
    const value = await sessions.sealSession({ ...grant, ...life }, { password })
    const sealed = sessions.openSession({ value, password })
    const before = await sealed.getSession()
    ensure(before.signedIn, 'The first token is not taken.')
    await addKey(lab)
    const next = await sealed.refreshSession()
    ensure(next.signedIn, 'The session is not refreshed.')
    const renewed = sessions.openSession({ value: next.sealed, password })
    const after = await renewed.getSession()
    ensure(after.signedIn, 'The token of the new key is not taken.')
    const old = await sealed.getSession()
    ensure(old.signedIn, 'The token of the old key is not taken any more.')
    const changed = keyOf(after.accessToken) !== keyOf(accessToken)
    return `the next token has ${changed ? 'the new key' : 'the old key'}; both are taken`
  },
}
