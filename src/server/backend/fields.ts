import { parseJson } from '../../core/json.js'
import { asObject } from '../../providers/shared/json.js'
import { refuse } from './answers.js'
import { IDLE, readAll } from './idle-limit.js'
import type { Call } from './types.js'

/** Nothing that a page asks for is as long, in bytes. */
const LARGEST = 16_384

/** A body as text; `null` for one that is too long, or comes too slowly. */
async function readText({ request }: Pick<Call, 'request'>): Promise<string | null> {
  const content = await readAll(request.body, LARGEST, IDLE)
  return typeof content === 'string' ? null : new TextDecoder().decode(content)
}

/** What a page asks for in JSON; `null` for what is no JSON object. Nothing is an empty one. */
export async function readFields(
  call: Pick<Call, 'request'>,
): Promise<Readonly<Record<string, unknown>> | null> {
  const text = await readText(call)
  if (text === null) return null
  try {
    return asObject(parseJson(text || '{}')) ?? null
  } catch {
    return null
  }
}

/** What a form asks for. */
export const readForm = async (call: Pick<Call, 'request'>): Promise<URLSearchParams> =>
  new URLSearchParams((await readText(call)) ?? '')

/** The answer to a page whose body is no JSON object. */
export const unreadable = (): Response =>
  refuse({ status: 400, code: 'invalid_request', message: 'The body is not a JSON object.' })
