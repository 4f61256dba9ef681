import { createScriptedOidc, type ScriptedOidcOptions } from '../../../src/testing/index.js'

type Fields = Readonly<Record<string, unknown>>

const ISSUER = 'https://id.example'
const CALLBACK = 'https://app.example/cb'
/** RFC 7636, appendix B. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

/** Claims of people, which are the seed's and not the server's. */
const PERSON = [
  ...['email', 'email_verified', 'name', 'given_name', 'family_name', 'preferred_username'],
]

/** The claims of a JWT; `null` for an opaque token. */
function claimsOf(token: string): readonly string[] | null {
  const parts = token.split('.')
  if (parts.length !== 3) return null
  return Object.keys(JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString())).sort()
}

function shown(name: string, value: unknown): string {
  const text = typeof value === 'string' ? value : ''
  if (name === 'id_token') {
    return `jwt(${claimsOf(text)?.filter((claim) => !PERSON.includes(claim))})`
  }
  if (name === 'access_token') return claimsOf(text) ? 'jwt' : 'opaque'
  if (name === 'scope') return JSON.stringify(text.split(' ').sort().join(' '))
  if (name === 'error_description') {
    return text.length > 90 ? 'text' : JSON.stringify(text.split(':')[0])
  }
  if (name === 'error' || name === 'token_type') return JSON.stringify(text)
  if (typeof value === 'boolean') return String(value)
  return typeof value === 'string' ? 'text' : 'number'
}

/** What a body looks like: names of its fields, constants as they are, tokens by their kind. */
function shapeOf(body: Fields): string {
  const names = Object.keys(body).filter(
    (name) => name !== 'error_uri' && name !== 'sub' && !PERSON.includes(name),
  )
  return `{${names.sort().map((name) => `${name}:${shown(name, body[name])}`)}}`
}

interface Reply {
  readonly shape: string
  readonly body: Fields
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A scripted server that is asked as the real ones were. */
export function createLab(options: ScriptedOidcOptions, scope: string) {
  const server = createScriptedOidc({
    issuer: ISSUER,
    signing: 'digest',
    // The real ones were asked within a second, which matters to Keycloak.
    clock: { now: () => 1_800_000_000_000 },
    clients: [
      { id: 'spa', redirectUris: [CALLBACK] },
      { id: 'other', redirectUris: [CALLBACK] },
      { id: 'web', secret: 'web-secret', redirectUris: [CALLBACK] },
    ],
    people: [{ sub: 'ada', name: 'Ada' }],
    ...options,
  })
  const secret = options.manners === 'spring' ? { client_secret: 'web-secret' } : {}
  const clientId = options.manners === 'spring' ? 'web' : 'spa'

  async function send(path: string, init: RequestInit = {}): Promise<Reply> {
    const response = await server.fetch(`${ISSUER}${path}`, { redirect: 'manual', ...init })
    const { status, headers } = response
    const text = await response.text()
    const location = headers.get('location')
    if (location) {
      const to = location.replace(/^https?:\/\/[^/]+/, '')
      return {
        shape: `${status} to ${to}`,
        body: Object.fromEntries(new URL(location, ISSUER).searchParams),
      }
    }
    if (!text.startsWith('{')) {
      return { shape: `${status} ${text.startsWith('<') ? 'page' : 'nothing'}`, body: {} }
    }
    const body: Fields = JSON.parse(text)
    return { shape: `${status} ${shapeOf(body)}`, body }
  }

  const post = (path: string, form: Readonly<Record<string, string>>): Promise<Reply> =>
    send(path, { method: 'POST', body: new URLSearchParams(form) })
  const own = { client_id: clientId, ...secret }
  const refresh = (token: unknown, more: Readonly<Record<string, string>> = {}): Promise<Reply> =>
    post('/token', {
      grant_type: 'refresh_token',
      refresh_token: textOf(token),
      ...own,
      ...more,
    })

  async function authorize(wanted = scope, asked?: string, client = clientId): Promise<Reply> {
    const prompt = asked ?? (wanted.includes('offline_access') ? 'consent' : undefined)
    const query = new URLSearchParams({
      client_id: client,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: wanted,
      state: 'state',
      nonce: 'nonce',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      ...(prompt && { prompt }),
    })
    const reply = await send(`/auth?${query}`)
    const { error_description: _, ...body } = reply.body
    const page = reply.shape.endsWith('page')
    return { body, shape: page ? reply.shape : `302 ${shapeOf(body)}` }
  }

  async function codeGrant(code: unknown): Promise<Reply> {
    const form = { code: textOf(code), redirect_uri: CALLBACK, code_verifier: VERIFIER }
    return post('/token', { grant_type: 'authorization_code', ...form, ...own })
  }

  /** What a client with a secret is answered, which it sends as a header does (`client_secret_basic`). */
  async function confidential(form: Readonly<Record<string, string>>): Promise<Reply> {
    const authorization = `Basic ${btoa('web:web-secret')}`
    const body = new URLSearchParams(form)
    return send('/token', { method: 'POST', headers: { authorization }, body })
  }

  const signIn = async (): Promise<Fields> => (await codeGrant((await authorize()).body.code)).body
  const userinfo = (token: unknown): Promise<Reply> =>
    send('/me', { headers: { authorization: `Bearer ${token}` } })

  return { server, send, post, refresh, authorize, codeGrant, confidential, signIn, userinfo, own }
}

/** All that the real servers were asked, in order; what each answer looks like, by its step. */
export async function story(
  options: ScriptedOidcOptions,
  scope: string,
): Promise<ReadonlyMap<string, string>> {
  const lab = createLab(options, scope)
  const { server, post, refresh, authorize, codeGrant, confidential, signIn } = lab
  const { userinfo, own, send } = lab
  const seen = new Map<string, string>()
  const note = (step: string, { shape, body }: Reply): Fields => {
    seen.set(step, shape)
    return body
  }

  const { code } = note('callback', await authorize('openid profile email'))
  note('code grant', await codeGrant(code))
  note('code replayed', await codeGrant(code))
  const first = note('code grant offline_access', await codeGrant((await authorize()).body.code))
  const second = note('refresh 1', await refresh(first.refresh_token))
  note('refresh reduced scope', await refresh(second.refresh_token, { scope: 'openid' }))

  const old = await signIn()
  const child = note('reuse: first exchange', await refresh(old.refresh_token))
  note('reuse: old token again at once', await refresh(old.refresh_token))
  note('reuse: the child after that', await refresh(child.refresh_token))
  note('reuse: userinfo with the access token of the family', await userinfo(child.access_token))

  const { refresh_token: shared } = await signIn()
  const both = await Promise.all([refresh(shared), refresh(shared)])
  seen.set(
    'concurrent',
    both
      .map(({ shape }) => shape)
      .sort()
      .join(' | '),
  )
  const children = both.filter(({ body }) => body.refresh_token)
  for (const [index, { body }] of children.entries()) {
    note(`concurrent: child ${index} refreshes`, await refresh(body.refresh_token))
  }

  const { refresh_token: live } = await signIn()
  const grant = { grant_type: 'refresh_token', refresh_token: textOf(live) }
  note('refresh with unknown client', await post('/token', { ...grant, client_id: 'nobody' }))
  note('refresh with another client', await post('/token', { ...grant, client_id: 'other' }))
  const wrong = { client_id: 'web', client_secret: 'wrong' }
  note('confidential: wrong secret', await post('/token', { ...grant, ...wrong }))
  note('refresh without client_id', await post('/token', grant))
  note('refresh garbage token', await refresh('garbage'))
  note('refresh empty token', await refresh(''))
  note('refresh missing token', await post('/token', { grant_type: 'refresh_token', ...own }))
  const wider = `${scope} phone address admin`
  note('refresh broader scope', await refresh(live, { scope: wider }))
  const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
  note('refresh as JSON body', await send('/token', json))

  const gone = await signIn()
  const revoke = (token: unknown) => post('/token/revocation', { token: textOf(token), ...own })
  note('revoke refresh_token', await revoke(gone.refresh_token))
  note('refresh after revoke', await refresh(gone.refresh_token))
  note('userinfo after revoke', await userinfo(gone.access_token))
  note('revoke garbage', await revoke('garbage'))
  const web = { client_id: 'web', client_secret: 'web-secret' }
  const asked = { token: textOf(gone.access_token), ...web }
  note('introspect (web) access', await post('/token/introspection', asked))

  const wish = await authorize('openid profile email', undefined, 'web')
  const ticket = { code: textOf(wish.body.code), redirect_uri: CALLBACK, code_verifier: VERIFIER }
  const codeForm = { grant_type: 'authorization_code', ...ticket }
  const kept = note('confidential: code grant', await confidential(codeForm))
  const form = { grant_type: 'refresh_token', refresh_token: textOf(kept.refresh_token) }
  if (kept.refresh_token) note('confidential: refresh', await confidential(form))
  const garbage = { ...web, grant_type: 'refresh_token', refresh_token: 'garbage' }
  note('confidential: secret in body', await post('/token', garbage))

  const ended = await signIn()
  const query = new URLSearchParams({
    id_token_hint: textOf(ended.id_token),
    post_logout_redirect_uri: CALLBACK,
    state: 'bye',
  })
  note('end_session', await send(`/session/end?${query}`))
  note('refresh after end_session', await refresh(ended.refresh_token))
  server.signInAs(null)
  note('prompt=none, no session', await authorize(scope, 'none'))
  note('unknown scope', await authorize('openid nosuchscope', 'none'))
  return seen
}

/** What three of the servers were asked later, of narrowed scopes and of ends. */
export async function extraStory(
  options: ScriptedOidcOptions,
  scope: string,
): Promise<ReadonlyMap<string, string>> {
  const { send, post, refresh, signIn, own } = createLab(options, scope)
  const seen = new Map<string, string>()
  const { refresh_token: token } = await signIn()
  const narrowed = await refresh(token, { scope: 'openid' })
  const next = await refresh(narrowed.body.refresh_token)
  seen.set('narrowed', `200 ${shapeOf({ scope: narrowed.body.scope })}`)
  seen.set(
    'successor of the narrowed, no scope asked',
    `200 ${shapeOf({ scope: next.body.scope })}`,
  )
  const wrong = { client_secret: 'wrong' }
  seen.set('wrong secret', (await refresh(next.body.refresh_token, wrong)).shape)
  const gone = textOf((await signIn()).refresh_token)
  seen.set('revoke', (await post('/token/revocation', { token: gone, ...own })).shape)
  seen.set('refresh after revoke', (await refresh(gone)).shape)
  const ended = await signIn()
  const query = new URLSearchParams({
    id_token_hint: textOf(ended.id_token),
    post_logout_redirect_uri: CALLBACK,
  })
  seen.set('end_session', (await send(`/session/end?${query}`)).shape)
  seen.set('refresh after end_session', (await refresh(ended.refresh_token)).shape)
  return seen
}
