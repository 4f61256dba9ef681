import { asObject, text } from '../../providers/shared/json.js'
import type { Fields } from './answers.js'
import {
  GeneralError,
  TokenTheftDetectedError,
  TryRefreshTokenError,
  UnauthorisedError,
} from './errors.js'

/** What a core may say of a session besides `OK`. */
export type CoreWord = 'UNAUTHORISED' | 'TRY_REFRESH_TOKEN' | 'TOKEN_THEFT_DETECTED'

/** Makes what a core says fit for a message. */
export type Say = (said: string) => string

/** The most characters of a core's text in a message. */
const LONGEST = 200

/** Longer than any word of a core and shorter than any part of a token of its. */
const RUNS = /[\w+/=-]+/g
/** Runs of letters of this length look like tokens; handles and ids are shorter. */
const LIKE_TOKEN = 40

/**
 * Makes texts of a core fit for messages: in one line, short, and without the secrets that came to
 * it and whatever looks like a token.
 */
export const createSay =
  (secrets: readonly unknown[]): Say =>
  (said) =>
    secrets
      .filter((secret) => typeof secret === 'string' && secret !== '')
      .reduce<string>((rest, secret) => rest.replaceAll(String(secret), '…'), said)
      .replace(RUNS, (run) => (run.length < LIKE_TOKEN ? run : '…'))
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, LONGEST)

function theftOf({ session }: Fields): TokenTheftDetectedError | null {
  const { handle, userId } = asObject(session) ?? {}
  const sessionHandle = text(handle)
  const owner = text(userId)
  return sessionHandle && owner
    ? new TokenTheftDetectedError({ sessionHandle, userId: owner })
    : null
}

function refusalOf(answer: Fields, word: CoreWord, say: Say): Error | null {
  const message = say(text(answer.message) ?? 'The core gives no reason.')
  switch (word) {
    case 'UNAUTHORISED':
      return new UnauthorisedError(message, { serverCode: word })
    case 'TRY_REFRESH_TOKEN':
      return new TryRefreshTokenError(message, { serverCode: word })
    case 'TOKEN_THEFT_DETECTED':
      return theftOf(answer)
  }
}

/**
 * The answer, when it says `OK`.
 * @throws SuperTokensError as one of the words that this request is answered with;
 * `GENERAL_ERROR` for any other.
 */
export function expectOk(
  answer: Fields,
  { words, say }: { readonly words: readonly CoreWord[]; readonly say: Say },
): Fields {
  const { status } = answer
  if (status === 'OK') return answer
  const word = words.find((one) => one === status)
  const refusal = word && refusalOf(answer, word, say)
  if (refusal) throw refusal
  const said = text(status)
  const serverCode = said && say(said)
  const message = `The core's answer has no status that is known here: ${serverCode ?? 'none'}`
  throw new GeneralError(message, { code: 'bad_response', serverCode })
}
