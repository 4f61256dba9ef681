// One of many processes: does as it is told and says what came of it.
import { createClient } from 'redis'
import { AuthError, isAuthError } from '../../src/core/errors.js'
import { coordinationKey } from '../../src/server/coordination/coordinator.js'
import { redisCoordinator } from '../../src/server/coordination/redis.js'
import { createServerPatience } from '../../src/server/coordination/server-patience.js'
import type { Order, Report, WorkerOptions } from './process.js'

const { redis, desk, password, ...times }: WorkerOptions = JSON.parse(process.argv[2] ?? '{}')
const say = (report: Report): void => void process.send?.(report)

const client = createClient({ url: redis, socket: { reconnectStrategy: 50 } })
// Without a listener the process would end with the connection.
client.on('error', () => {})
await client.connect()
const report = ({ code, message }: AuthError): void => say({ type: 'outage', code, message })
const coordinator = redisCoordinator({ client, password, report, ...times })

const { pauses } = coordinator
const name = 'the desk'
const patience = createServerPatience({ pauses, name, timeout: 10_000, now: Date.now })

async function ask(token: string, patient: boolean): Promise<string> {
  const key = await coordinationKey(token)
  const attempt = async (): Promise<string> => {
    const response = await fetch(
      `${desk}/?${new URLSearchParams({ key: token, pid: `${process.pid}` })}`,
    )
    const { status } = response
    if (!response.ok) throw new AuthError('server_error', 'The desk fails.', { status })
    return response.text()
  }
  const work = () =>
    patient ? patience.attempt({ session: key, person: key }, attempt) : attempt()
  const { text } = await coordinator.once(key, work)
  return text
}

async function carryOut({ id, token, calls, end, ended, patient = false }: Order): Promise<void> {
  if (end) await coordinator.end(end, 60_000)
  const answers = await Promise.all(
    Array.from({ length: calls }, () =>
      ask(token, patient).catch((error) =>
        isAuthError(error) ? `${error.code} ${error.status}` : `${error}`,
      ),
    ),
  )
  const over = ended !== undefined && (await coordinator.ended(ended))
  say({ type: 'done', id, answers, ended: over })
}

process.on('message', (order: Order) => void carryOut(order))
// What is left must not keep the process.
process.on('disconnect', () => void client.close())
say({ type: 'ready' })
