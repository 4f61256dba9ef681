// Where people prove who they are: by their name, and by a code for what is worth more.
import { randomInt } from 'node:crypto'
import express from 'express'
import { codePage, overPage, peoplePage } from './pages.mjs'

/** What a sign-in at this desk is worth. A real one asks for a password first. */
export const BY_NAME = { acr: 'urn:harbour:name', amr: ['user'] }
export const BY_CODE = { acr: 'urn:harbour:code', amr: ['otp'] }

/** Gives an app its rights. It is the harbour's own, so that nobody is asked. */
async function grant({ Grant }, { accountId, clientId, api }) {
  const given = new Grant({ accountId, clientId })
  given.addOIDCScope('openid profile email offline_access')
  given.addResourceScope(api, 'pay')
  return given.save()
}

/** Makes the desk of a provider; `api` is the name of the API that apps may call. */
export function createDesk(provider, { people, api }) {
  const codes = new Map()
  const desk = express.Router()
  const read = express.urlencoded({ extended: false })

  /** What was asked for, and who is there already. */
  async function look(request, response) {
    const { uid, params, prompt, session } = await provider.interactionDetails(request, response)
    const accountId = session?.accountId
    const wantsCode = accountId && params.acr_values?.split(' ').includes(BY_CODE.acr)
    return { uid, params, prompt, accountId, wantsCode }
  }

  function askForCode(response, { uid, accountId }, wrong = false) {
    if (!codes.has(uid)) codes.set(uid, String(randomInt(100_000, 1_000_000)))
    response.send(codePage({ uid, person: people.get(accountId), code: codes.get(uid), wrong }))
  }

  desk.get('/sign-in/:uid', async (request, response) => {
    const asked = await look(request, response)
    const { uid, params, prompt, accountId } = asked
    if (prompt.name === 'consent') {
      const grantId = await grant(provider, { accountId, clientId: params.client_id, api })
      return provider.interactionFinished(request, response, { consent: { grantId } })
    }
    if (asked.wantsCode) askForCode(response, asked)
    else response.send(peoplePage({ uid, people }))
  })

  desk.post('/sign-in/:uid', read, async (request, response) => {
    const asked = await look(request, response)
    const { person: accountId, code, no } = request.body
    const finish = (result) => provider.interactionFinished(request, response, result)
    if (no !== undefined) {
      return finish({ error: 'access_denied', error_description: 'You said no.' })
    }
    if (asked.wantsCode) {
      if (code !== codes.get(asked.uid)) return askForCode(response, asked, true)
      codes.delete(asked.uid)
      return finish({ login: { accountId: asked.accountId, ...BY_CODE } })
    }
    if (people.has(accountId)) return finish({ login: { accountId, ...BY_NAME } })
    response.send(peoplePage({ uid: asked.uid, people }))
  })

  // Express knows a handler of errors by its four parameters.
  desk.use((_error, _request, response, _next) => response.status(400).send(overPage()))
  return desk
}
