import type { Answer } from '../express/stage.js'
import { PAYLOAD, USER } from './supertokens-apps.js'

/** The headers that front ends read. */
const HEADERS = [
  'front-token',
  'anti-csrf',
  'st-access-token',
  'st-refresh-token',
  'id-refresh-token',
] as const

/** What every access token tells today, with what the app put there. */
const CLAIMS = [
  ...['antiCsrfToken', 'exp', 'iat', 'parentRefreshTokenHash1', 'refreshTokenHash1', 'rsub'],
  ...['sessionHandle', 'sub', 'tId', ...Object.keys(PAYLOAD)],
].sort()

const DAY = 86_400_000

/** Groups of words that come together, in one. Each stands for exactly that. */
const SHORT: readonly (readonly [string, string])[] = [
  [
    'sAccessToken at / for 365 days, sRefreshToken at /auth/session/refresh for 100 days',
    'sets cookies',
  ],
  ['sAccessToken at / for 365 days', 'sets access cookie'],
  ['no sAccessToken at /, no sRefreshToken at /auth/session/refresh', 'erases cookies'],
  ['st-access-token, st-refresh-token', 'sets headers'],
  ['st-access-token', 'sets access header'],
  ['no st-access-token, no st-refresh-token', 'erases headers'],
]

/** All that can be taken from a front end. */
const CLEARED = 'erases cookies, front-token remove, erases headers'

const shorten = (words: readonly string[]): string => {
  const said = words.join(', ')
  return SHORT.find(([long]) => long === said)?.[1] ?? said
}

/** A cookie, without its value. */
function cookieInWords(setCookie: string): string {
  const [pair = '', ...attributes] = setCookie.split(';').map((part) => part.trim())
  const [name, value] = pair.split('=')
  const attribute = (key: string): string | undefined =>
    attributes.find((one) => one.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1)
  const rest = attributes.filter((one) => !/^(path|domain|expires)=/i.test(one))
  const others = rest
    .map((one) => one.toLowerCase())
    .sort()
    .join(' ')
  const more = others === 'httponly samesite=lax secure' ? '' : ` (${others})`
  const domain = attribute('domain')
  const expires = Date.parse(attribute('expires') ?? '')
  const days = (expires - Date.now()) / DAY
  const place = `${name} at ${attribute('path')}${domain ? ` of ${domain}` : ''}${more}`
  // Browsers go by the time alone, servers that read what comes back by the value.
  if (expires === 0 && value === '') return `no ${place}`
  return `${value === '' ? 'empty ' : ''}${place} for ${Math.round(days * 100) / 100} days`
}

/** What the page is told of a session; `front-token` when it is all as it should be. */
function frontTokenInWords(value: string): string {
  if (value === 'remove') return 'front-token remove'
  const told: unknown = JSON.parse(Buffer.from(value, 'base64').toString())
  if (typeof told !== 'object' || told === null) return `front-token ${value}`
  const { uid, ate, up, ...rest } = { uid: null, ate: null, up: null, ...told }
  const claims = Object.keys(Object(up)).sort()
  const lives = typeof ate === 'number' && ate > Date.now() && ate % 1000 === 0
  if (uid !== USER || !lives || Object.keys(rest).length > 0) {
    return `front-token of ${uid}${lives ? '' : ' expired'} with ${[...claims, ...Object.keys(rest)]}`
  }
  const more = claims.filter((name) => !CLAIMS.includes(name))
  const less = CLAIMS.filter((name) => !claims.includes(name))
  return `front-token${more.length > 0 ? ` with ${more}` : ''}${less.length > 0 ? ` without ${less}` : ''}`
}

/** The headers, and whether pages of other origins can read exactly those. */
function headersInWords({ headers }: Answer): readonly string[] {
  const there = HEADERS.filter((name) => headers[name] !== undefined)
  const tokens = there
    .filter((name) => name.startsWith('st-'))
    .map((name) => (headers[name] === '' ? `no ${name}` : name))
  const others = there
    .filter((name) => !name.startsWith('st-'))
    .map((name) => (name === 'front-token' ? frontTokenInWords(String(headers[name])) : name))
  const exposed = String(headers['access-control-expose-headers'] ?? '')
    .split(/, */)
    .sort()
  const right = exposed.join() === [...there].sort().join()
  return [...others, shorten(tokens), right ? '' : `exposes ${exposed.join(' ')}`]
}

/** The message of an answer that has nothing else, else its body; of a page only that it is one. */
function bodyInWords({ text }: Answer): string {
  if (text.startsWith('<')) return 'page'
  const message = /^\{"message":"([^"]*)"\}$/.exec(text)?.[1]
  if (message !== undefined) return message
  return text === `{"user":"${USER}","role":"admin"}` ? 'session' : text
}

/** All that a front end can see of an answer: status, body, cookies and headers. */
export function inWords(answer: Answer): string {
  const cookies = shorten(answer.setCookies.map(cookieInWords).sort(byName))
  const seen = [cookies, ...headersInWords(answer)].filter((words) => words !== '').join(', ')
  const effects = seen.replace(CLEARED, 'cleared')
  return [`${answer.status} ${bodyInWords(answer)}`, effects].filter(Boolean).join(', ')
}

const byName = (one: string, other: string): number =>
  one.replace(/^no /, '') < other.replace(/^no /, '') ? -1 : 1
