/** Compiled by `npm run typecheck`; never run. Each line that must not compile says why. */
import { AuthClient, memoryStorage } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import { assuranceLevel, mfa, recoveryCodes, webauthnFactors } from 'holdfast/providers/gotrue/mfa'
import { workos } from 'holdfast/providers/workos'

const provider = gotrue<{ readonly name: string }>({ url: 'https://auth.example/auth/v1' })
const auth = new AuthClient({ provider, storage: memoryStorage() })

export async function secondFactorsKnowTheUser(): Promise<unknown> {
  const factors = mfa(auth)
  const { totp } = await factors.enroll({ type: 'totp' })
  const { phone } = await factors.enroll({ type: 'phone', phone: '+15550100' })
  // @ts-expect-error A phone has a number.
  await factors.enroll({ type: 'phone' })
  const raised = await factors.verify({ factorId: 'f', challengeId: 'c', code: '123456' })
  const { session } = await webauthnFactors(auth).register({ friendlyName: 'key' })
  const third = await recoveryCodes(auth).verify({ code: 'k4m9' })
  const names: readonly (string | undefined)[] = [
    raised.user?.userMetadata?.name,
    session.user?.userMetadata?.name,
    third.user?.userMetadata?.name,
  ]
  return [totp.qrCode, phone, names, assuranceLevel(auth.getSnapshot().session).next]
}

export function othersHaveNone(): unknown {
  const other = new AuthClient({ provider: workos({ clientId: 'client_1' }) })
  // @ts-expect-error These are factors of GoTrue.
  return mfa(other)
}
