import { refuse, unauthorised } from './answers.js'
import { checkClaims } from './claims.js'
import {
  type Call,
  type CoreContext,
  checkPublic,
  type Handler,
  type SessionRow,
} from './context.js'
import { object, optionalFlag, optionalText, optionalTexts, parameter, text } from './fields.js'

const GONE = unauthorised('Session does not exist.')

/** Whose rows. */
interface Owner {
  readonly userId: string
  /** `null` for all of them. */
  readonly tenantId: string | null
}

/** The rows of a person, as they are now. */
const rowsOf = ({ rows }: CoreContext, { userId, tenantId }: Owner): readonly SessionRow[] =>
  [...rows.values()].filter(
    (row) => row.userId === userId && (tenantId === null || row.tenantId === tenantId),
  )

/** Ends sessions; the handles of those that lived. */
const end = ({ rows }: CoreContext, handles: readonly string[]): readonly string[] =>
  handles.filter((handle) => rows.delete(handle))

type Named = Pick<Call, 'body' | 'tenantId' | 'dialect'>

/** The handles that a request names, by a list or by a person. */
function named(context: CoreContext, { body, tenantId, dialect }: Named): readonly string[] {
  const userId = optionalText(body, 'userId')
  const handles = optionalTexts(body, 'sessionHandles')
  if ((userId === null) === (handles === null)) {
    return refuse(400, 'Invalid JSON input - use one of userId or sessionHandles array')
  }
  const everywhere = optionalFlag(body, 'revokeAcrossAllTenants')
  if (handles !== null && everywhere !== null) {
    const rule = 'revokeAcrossAllTenants can only be set if userId is set'
    return refuse(400, `Invalid JSON input - ${rule}`)
  }
  if (dialect.guardsTenants && everywhere !== false) checkPublic(tenantId)
  const owner = { userId: userId ?? '', tenantId: everywhere === false ? tenantId : null }
  return handles ?? rowsOf(context, owner).map(({ handle }) => handle)
}

/** `POST /session/remove` and `POST /recipe/session/remove` */
export const remove: Handler = async (context, call) => ({
  status: 'OK',
  sessionHandlesRevoked: end(context, named(context, call)),
})

/** `DELETE /session`, of interface 1.0 */
export const removeFirst: Handler = async (context, { body, ...call }) => {
  const handle = optionalText(body, 'sessionHandle')
  const asked = { ...call, body: handle === null ? body : { sessionHandles: [handle] } }
  return { status: 'OK', numberOfSessionsRevoked: end(context, named(context, asked)).length }
}

/** `GET /session/user` and `GET /recipe/session/user` */
export const handlesOfUser: Handler = async (context, { url, tenantId, dialect }) => {
  const userId = parameter(url, 'userId')
  const here = url.searchParams.get('fetchAcrossAllTenants') === 'false'
  if (dialect.guardsTenants && !here) checkPublic(tenantId)
  const rows = rowsOf(context, { userId, tenantId: here ? tenantId : null })
  const living = rows.filter(({ expiry }) => expiry >= context.now())
  return { status: 'OK', sessionHandles: living.map(({ handle }) => handle) }
}

/** `GET /recipe/session` */
export const information: Handler = async ({ rows }, { url, dialect }) => {
  const row = rows.get(parameter(url, 'sessionHandle'))
  if (!row) return GONE
  const { handle, userId, userDataInDatabase, expiry, userDataInJWT, timeCreated, tenantId } = row
  return {
    sessionHandle: handle,
    userId,
    ...(dialect.recipeUserId && { recipeUserId: userId }),
    userDataInDatabase,
    expiry,
    userDataInJWT,
    timeCreated,
    status: 'OK',
    ...(dialect.tenantId && { tenantId }),
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
  async ({ rows }, { body, dialect }) => {
    const row = rows.get(text(body, 'sessionHandle'))
    const data = object(body, name)
    if (name === 'userDataInJWT') checkClaims(data, dialect)
    if (!row) return GONE
    row[name] = data
    return { status: 'OK' }
  }

/** `GET /user/id`: SDKs ask who a person is before a session begins. This core has sessions only. */
export const unknownUser: Handler = async () => ({ status: 'UNKNOWN_USER_ID_ERROR' })
