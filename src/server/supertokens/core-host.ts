import { parseJson } from '../../core/json.js'
import { asObject } from '../../providers/shared/json.js'
import { withinTime } from '../shared/time-limit.js'
import type { Fields } from './answers.js'
import { LIFE } from './core-api.js'
import { type CoreWireOptions, createCoreWire } from './core-wire.js'
import { GeneralError, isSuperTokensError } from './errors.js'
import { createKept } from './kept.js'
import type { CoreRequest } from './requests.js'
import { newestOf, USUAL, VERSIONS, type Version } from './versions.js'
import { type CoreWord, expectOk } from './words.js'

/** A host of a core, and the version that is spoken with it. */
export interface CoreTalk {
  readonly version: Version
  /** @throws SuperTokensError unless the answer is `OK`; one of `words` as that kind. */
  ask(request: CoreRequest, words?: readonly CoreWord[]): Promise<Fields>
}

/** One host of a core. */
export interface CoreHost {
  /** Runs `work` in the version of this host, and again if that turns out to be another by now. */
  talk<T>(signal: AbortSignal, work: (talk: CoreTalk) => Promise<T>): Promise<T>
  /** The JSON object at a path that is the same in all versions, as text. */
  read(path: string, signal: AbortSignal): Promise<string>
  /** It has failed, and may be another one when it comes back. */
  forget(): void
}

/** How a host is reached. Times in ms. */
export interface CoreHostOptions extends CoreWireOptions {
  /** The most that telling the version may take. */
  readonly timeout: number
  /** The newest version that is spoken. */
  readonly most: Version
}

const VERSION_REFUSED = /cdi-version [\d.]{1,20} not supported/

function parseFields(body: string): Fields {
  let fields: Fields | null = null
  try {
    fields = asObject(parseJson(body))
  } catch {
    // A gateway's page.
  }
  if (fields) return fields
  throw new GeneralError('The answer is not the core’s: it is no JSON object.', {
    code: 'bad_response',
  })
}

/** @throws SuperTokensError `rejected` for versions of which none is known here. */
function chooseVersion({ versions }: Fields, { url, most }: CoreHostOptions): Version {
  if (!Array.isArray(versions)) {
    throw new GeneralError('The core does not tell its versions.', { code: 'bad_response' })
  }
  const version = newestOf(versions, most)
  if (version) return version
  const told = versions.filter((one) => /^\d{1,3}\.\d{1,3}$/.test(one)).slice(0, 50)
  const theirs = told.join(', ') || 'none'
  if (newestOf(versions, USUAL)) {
    // Another host may, and this one after its update.
    const message = `The core at ${url} does not speak ${most} yet (but ${theirs}), which \`interface\` asks for.`
    throw new GeneralError(message, { code: 'server_error' })
  }
  const message = `No version of the core's interface (${theirs}) is known (${VERSIONS[0]} to ${most}).`
  throw new GeneralError(message, { code: 'rejected' })
}

/** Whether a refusal is one of a version, or of its paths, that the host no longer has. */
function isOutdated(error: unknown, wasKnown: boolean): boolean {
  if (!isSuperTokensError(error, 'GENERAL_ERROR')) return false
  const { status, message } = error
  return status === 400 ? VERSION_REFUSED.test(message) : status === 404 && wasKnown
}

/** Makes the one through which a host is asked. Nothing is fetched before the first call. */
export function createCoreHost(options: CoreHostOptions): CoreHost {
  const { send, sayOf } = createCoreWire(options)

  async function negotiate(signal: AbortSignal): Promise<Version> {
    try {
      const told = await send({ method: 'GET', path: '/apiversion' }, { signal })
      return chooseVersion(parseFields(told), options)
    } catch (error) {
      // Cores that know the first interface only have no such path.
      if (isSuperTokensError(error) && error.status === 404) {
        return chooseVersion({ versions: ['1.0'] }, options)
      }
      throw error
    }
  }

  const spoken = createKept({
    life: LIFE,
    now: options.now,
    // A limit of its own: of those who wait for it, each has another.
    load: () => withinTime(options.timeout, negotiate),
  })

  return {
    async talk(signal, work) {
      const begin = async () => {
        const version = await spoken.get()
        return work({
          version,
          async ask(request, words = []) {
            const answer = parseFields(await send(request, { signal, version }))
            return expectOk(answer, { words, say: sayOf(request) })
          },
        })
      }
      const wasKnown = spoken.isThere()
      try {
        return await begin()
      } catch (error) {
        if (!isOutdated(error, wasKnown)) throw error
        spoken.drop()
        return begin()
      }
    },
    async read(path, signal) {
      const body = await send({ method: 'GET', path }, { signal })
      parseFields(body)
      return body
    },
    forget: spoken.drop,
  }
}
