import { expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { createSignOutReport } from '../../../src/server/requests/sign-out-report.js'
import { turns } from '../../contracts/contract.js'

const down = () => new AuthError('network', 'Nobody answers.')
const wrong = () => new AuthError('rejected', 'The key is wrong.')

it('an app’s log has one line of an outage, one of each mistake, and none of what was told before', async () => {
  const clock = { time: 1_700_000_000_000 }
  const told: string[] = []
  const tellLog = createSignOutReport({
    report: (error) => void told.push(error.code),
    now: () => clock.time,
  })
  for (const error of [down(), down(), wrong(), wrong()]) tellLog({ error })
  await turns()
  expect(told).toEqual(['network', 'rejected', 'rejected'])
  for (const error of [down(), wrong()]) tellLog({ error, isReported: true })
  await turns()
  expect(told).toHaveLength(3)
  tellLog({ error: null })
  clock.time += 3_600_000
  tellLog({ error: down() })
  await turns()
  expect(told).toEqual(['network', 'rejected', 'rejected', 'network'])
})
