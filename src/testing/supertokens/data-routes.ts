import type { Fields } from '../server/json.js'
import { refuse, unauthorised } from './answers.js'
import type { CoreContext, Handler, SessionRow } from './context.js'
import { object, optionalText, optionalTexts, parameter, text } from './fields.js'

const GONE = unauthorised('Session does not exist.')

/** The rows of a person, as they are now. */
const rowsOf = ({ rows }: CoreContext, userId: string): readonly SessionRow[] =>
  [...rows.values()].filter((row) => row.userId === userId)

/** Ends sessions; the handles of those that lived. */
const end = ({ rows }: CoreContext, handles: readonly string[]): readonly string[] =>
  handles.filter((handle) => rows.delete(handle))

/** The handles that a request names, by a list or by a person. */
function named(context: CoreContext, body: Fields): readonly string[] {
  const userId = optionalText(body, 'userId')
  const handles = optionalTexts(body, 'sessionHandles')
  if ((userId === null) === (handles === null)) {
    return refuse(400, 'Invalid JSON input - use one of userId or sessionHandles array')
  }
  return handles ?? rowsOf(context, userId ?? '').map(({ handle }) => handle)
}

/** `POST /session/remove` and `POST /recipe/session/remove` */
export const remove: Handler = async (context, { body }) => ({
  status: 'OK',
  sessionHandlesRevoked: end(context, named(context, body)),
})

/** `DELETE /session`, of interface 1.0 */
export const removeFirst: Handler = async (context, { body }) => {
  const handle = optionalText(body, 'sessionHandle')
  const asked = handle === null ? body : { sessionHandles: [handle] }
  return { status: 'OK', numberOfSessionsRevoked: end(context, named(context, asked)).length }
}

/** `GET /session/user` and `GET /recipe/session/user` */
export const handlesOfUser: Handler = async (context, { url }) => ({
  status: 'OK',
  sessionHandles: rowsOf(context, parameter(url, 'userId')).map(({ handle }) => handle),
})

/** `GET /recipe/session` */
export const information: Handler = async ({ rows }, { url, dialect }) => {
  const row = rows.get(parameter(url, 'sessionHandle'))
  if (!row) return GONE
  const { handle, userId, userDataInDatabase, expiry, userDataInJWT, timeCreated } = row
  return {
    sessionHandle: handle,
    userId,
    ...(dialect.recipeUserId && { recipeUserId: userId }),
    userDataInDatabase,
    expiry,
    userDataInJWT,
    timeCreated,
    status: 'OK',
    ...(dialect.tenantId && { tenantId: 'public' }),
  }
}

type DataName = 'userDataInDatabase' | 'userDataInJWT'

/** `GET /session/data` and `GET /jwt/data`, with `/recipe` or without */
export const readData =
  (name: DataName): Handler =>
  async ({ rows }, { url }) => {
    const row = rows.get(parameter(url, 'sessionHandle'))
    return row ? { status: 'OK', [name]: row[name] } : GONE
  }

/** `PUT /session/data` and `PUT /jwt/data`, with `/recipe` or without */
export const writeData =
  (name: DataName): Handler =>
  async ({ rows }, { body }) => {
    const row = rows.get(text(body, 'sessionHandle'))
    const data = object(body, name)
    if (!row) return GONE
    row[name] = data
    return { status: 'OK' }
  }

/** `GET /user/id`: SDKs ask who a person is before a session begins. This core has sessions only. */
export const unknownUser: Handler = async () => ({ status: 'UNKNOWN_USER_ID_ERROR' })
