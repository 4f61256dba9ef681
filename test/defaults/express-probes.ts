import express, { type ErrorRequestHandler, type Express } from 'express'
import { createExpressSuperTokens } from '../../src/express/index.js'
import { GeneralError } from '../../src/server/supertokens/errors.js'
import { type Answer, type Asked, ask, serve } from '../express/stage.js'
import { cookies, createStage, ERRORS, GOOD } from '../server/supertokens/web-stage.js'
import type { Probe } from './documented.js'

type SessionSettings = Parameters<typeof createStage>[1]

/** Asks an app once. */
async function askApp(build: (app: Express) => void, asked: Asked = {}): Promise<Answer> {
  const app = express()
  build(app)
  const server = await serve(app)
  return ask(server.origin, '/page?tab=2', asked).finally(() => server.close())
}

/** Tells what went on to the app. */
const last: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) next(error)
  else response.status(500).json(`left: ${error.code}`)
}

/** The status and text of the answer to a refresh, where the core fails so. */
async function answerTo(failure: Error, settings: SessionSettings = {}): Promise<string> {
  const stage = createStage({}, settings)
  stage.state.failure = failure
  const auth = createExpressSuperTokens({ sessions: stage.sessions })
  const { status, text } = await askApp(
    (app) => {
      app.post('/page', auth.verifySession())
      app.use(auth.errorHandler, last)
    },
    { method: 'POST', headers: { ...cookies({ sAccessToken: GOOD }), rid: 'session' } },
  )
  return `${status} ${text}`
}

/** Whether an error is answered so, with the status that the app has chosen for all of them. */
async function isAnswered(type: keyof typeof ERRORS, message: string): Promise<boolean> {
  const [plain, own] = [
    await answerTo(ERRORS[type]()),
    await answerTo(ERRORS[type](), { sessionExpiredStatusCode: 440 }),
  ]
  return plain === `401 {"message":"${message}"}` && own === `440 {"message":"${message}"}`
}

const ofSuperTokens: Readonly<Record<string, Probe>> = {
  'SuperTokensErrorAnswers.unauthorised': {
    says: 'the `sessionExpiredStatusCode`, and `{"message":"unauthorised"}`',
    observe: () => isAnswered('UNAUTHORISED', 'unauthorised'),
  },
  'SuperTokensErrorAnswers.tryRefreshToken': {
    says: 'the `sessionExpiredStatusCode`, and `{"message":"try refresh token"}`',
    observe: () => isAnswered('TRY_REFRESH_TOKEN', 'try refresh token'),
  },
  'SuperTokensErrorAnswers.tokenTheftDetected': {
    says: 'the `sessionExpiredStatusCode`, and `{"message":"token theft detected"}`',
    observe: () => isAnswered('TOKEN_THEFT_DETECTED', 'token theft detected'),
  },
  'SuperTokensErrorAnswers.invalidClaims': {
    says: 'the `invalidClaimStatusCode`, and what is wrong, as front ends of SuperTokens read it',
    async observe() {
      const errors = '"claimValidationErrors":[{"id":"st-ev","reason":{"message":"wrong value"}}]'
      const said = `{"message":"invalid claim",${errors}}`
      const own = { invalidClaimStatusCode: 422 }
      return (
        (await answerTo(ERRORS.INVALID_CLAIMS())) === `403 ${said}` &&
        (await answerTo(ERRORS.INVALID_CLAIMS(), own)) === `422 ${said}`
      )
    },
  },
  'SuperTokensErrorAnswers.generalError': {
    says: "503 for what may work later; what never will goes on to the app's error handler",
    async observe() {
      const mistake = new GeneralError('Wrong.', { code: 'invalid_argument' })
      return (
        (await answerTo(ERRORS.GENERAL_ERROR())).startsWith('503 ') &&
        (await answerTo(mistake)) === '500 "left: invalid_argument"'
      )
    },
  },
  'ExpressNewSessionOptions.request': {
    says: 'cookies, where they are served',
    async observe() {
      const isInCookies = async (transfer: 'any' | 'cookie' | 'header'): Promise<boolean> => {
        const { sessions } = createStage({}, { transfer })
        const auth = createExpressSuperTokens({ sessions })
        const answer = await askApp((app) => {
          app.get('/page', (_request, response, next) => {
            auth.createNewSession(response, 'ada').then(() => response.json({}), next)
          })
        })
        const isInHeaders = 'st-access-token' in answer.headers
        if (isInHeaders === answer.setCookies.length > 0) throw new Error('It is in both or none.')
        return !isInHeaders
      }
      return (
        (await isInCookies('any')) &&
        (await isInCookies('cookie')) &&
        !(await isInCookies('header'))
      )
    },
  },
}

/** What the skins for Express do when they are told nothing. */
export const expressProbes: Readonly<Record<string, Probe>> = ofSuperTokens
