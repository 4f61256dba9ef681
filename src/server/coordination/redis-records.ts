import { AuthError, type AuthErrorCode, isAuthError, type RequiredStep } from '../../core/errors.js'
import { type Password, sealText, unsealText } from '../sealed/seal.js'
import type { Pause } from './pauses.js'

/** A result as it lies in Redis. */
export interface ResultRecord {
  readonly text: string
  /** When the work began: ms since the epoch, by Redis's clock. */
  readonly startedAt: number
  /** How long it took, in ms. */
  readonly took: number
}

/**
 * Writes and reads what lies in Redis: sealed, and with the name of its key inside, so that an
 * entry that somebody put under another key is none. Whatever does not fit is `null`.
 */
export interface RedisRecords {
  sealResult(name: string, record: ResultRecord): Promise<string | null>
  openResult(name: string, sealed: string): Promise<ResultRecord | null>
  /** `null` for what is no AuthError: nobody knows what may be in it. */
  sealFailure(name: string, error: unknown): Promise<string | null>
  openFailure(name: string, sealed: string): Promise<AuthError | null>
  sealPause(name: string, pause: Pause): Promise<string | null>
  openPause(name: string, sealed: string): Promise<Pause | null>
}

type Fields = Readonly<Record<string, unknown>>
type Details = AuthError['details']

const CODES: Readonly<Record<AuthErrorCode, true>> = {
  session_missing: true,
  refresh_rejected: true,
  network: true,
  timeout: true,
  rate_limited: true,
  server_error: true,
  bad_response: true,
  invalid_credentials: true,
  rejected: true,
  step_required: true,
  idle_timeout: true,
  absolute_timeout: true,
  superseded: true,
  storage: true,
  aborted: true,
  disposed: true,
  invalid_argument: true,
}

const isCode = (value: unknown): value is AuthErrorCode =>
  typeof value === 'string' && Object.hasOwn(CODES, value)

/** The code of an error. Processes of 0.1, which write here too, had another for one refusal. */
const codeIn = (value: unknown): unknown => (value === 'weak_password' ? 'rejected' : value)

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const isStep = (value: Fields): value is Fields & RequiredStep => typeof value.step === 'string'

const isRefusal = (value: Fields): value is Fields & { readonly reasons: readonly string[] } =>
  Array.isArray(value.reasons) && value.reasons.every((reason) => typeof reason === 'string')

const isNumber = (value: unknown): value is number => Number.isFinite(value)

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

const numberOf = (value: unknown): number | undefined => (isNumber(value) ? value : undefined)

function toDetails(value: unknown): Details {
  if (!isObject(value)) return undefined
  return isStep(value) || isRefusal(value) ? value : undefined
}

function toError(fields: Fields): AuthError | null {
  const { message, retryable, status, retryAfter, serverCode, details } = fields
  const code = codeIn(fields.code)
  if (!isCode(code)) return null
  return new AuthError(code, textOf(message) ?? '', {
    retryable: retryable === true,
    status: numberOf(status),
    retryAfter: numberOf(retryAfter),
    serverCode: textOf(serverCode),
    details: toDetails(details),
  })
}

const fieldsOf = ({
  code,
  message,
  retryable,
  status,
  retryAfter,
  serverCode,
  details,
}: AuthError): Fields => ({ code, message, retryable, status, retryAfter, serverCode, details })

function toResult({ text, startedAt, took }: Fields): ResultRecord | null {
  if (typeof text !== 'string' || !isNumber(startedAt) || !isNumber(took)) return null
  return { text, startedAt, took }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Makes the reader and writer of records. */
export function redisRecords(password: Password): RedisRecords {
  /** A record too large for a seal is not shared; its caller has it all the same. */
  const seal = (fields: Fields): Promise<string | null> =>
    sealText(JSON.stringify(fields), password).catch(() => null)

  async function open(name: string, sealed: string): Promise<Fields> {
    const value = parse((await unsealText(sealed, password)) ?? '')
    return isObject(value) && value.name === name ? value : {}
  }

  return {
    sealResult: (name, { text, startedAt, took }) => seal({ name, text, startedAt, took }),
    async openResult(name, sealed) {
      return toResult(await open(name, sealed))
    },
    async sealFailure(name, error) {
      if (!isAuthError(error)) return null
      return seal({ name, ...fieldsOf(error) })
    },
    async openFailure(name, sealed) {
      return toError(await open(name, sealed))
    },
    sealPause: (name, { error, failures }) => seal({ name, failures, ...fieldsOf(error) }),
    async openPause(name, sealed) {
      const fields = await open(name, sealed)
      const error = toError(fields)
      return error && { error, failures: numberOf(fields.failures) ?? 1 }
    },
  }
}
