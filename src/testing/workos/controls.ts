import type { Impersonator } from '../../core/session.js'
import type { ScriptedServer } from '../server/serve.js'
import { totp } from '../server/totp.js'
import type { ScriptedBrowser } from './browser.js'
import type { ServerContext } from './context.js'
import { factorsOf } from './factors.js'
import type {
  WorkOSMail,
  WorkOSMembership,
  WorkOSOrganizationSettings,
  WorkOSProfile,
  WorkOSRequest,
  WorkOSSessionInfo,
  WorkOSUserSeed,
} from './types.js'

/** A WorkOS that does what it is told: a real little server without a network. */
export interface ScriptedWorkOS extends ScriptedServer<WorkOSRequest> {
  /** A new browser in front of this server, with a cookie jar of its own. */
  browser(): ScriptedBrowser
  /** How many requests were made to `authenticate` with this grant. */
  count(grant: string): number
  /** Returns the id. @throws Error when the address is taken. */
  createUser(seed: WorkOSUserSeed): string
  /** The next answer describes the person so. @throws Error for an unknown address, as all below. */
  updateUser(email: string, changes: WorkOSProfile): void
  /** Changes what the next token in this organization says, or makes the person a member. */
  setMembership(
    email: string,
    organizationId: string,
    changes: Omit<WorkOSMembership, 'organizationId'>,
  ): void
  removeMembership(email: string, organizationId: string): void
  /** Changes an organization, such as what it requires, or founds it. */
  setOrganization(id: string, settings: WorkOSOrganizationSettings): void
  /** The next sign-in of this person is somebody else's. */
  impersonate(email: string, impersonator: Impersonator): void
  /** The mails with codes, the newest last. */
  mails(): readonly WorkOSMail[]
  /** The digits that somebody's newest authenticator shows now. @throws Error where they have none. */
  totp(email: string): Promise<string>
  /** Lets the device in that shows this code, as the person with this address; `null` turns it away. */
  decideDevice(userCode: string, email: string | null): void
  /** The sessions that live. */
  sessions(): readonly WorkOSSessionInfo[]
  /** Ends a session, as an administrator does. */
  endSession(id: string): void
  /** Milliseconds, whole seconds. */
  setAccessTokenLifetime(ms: number): void
  /** The `iss` claim of the next tokens. */
  setIssuer(issuer: string): void
  /** A new key signs from now on. The old ones stay in the key set, unless they are withdrawn. */
  rotateKeys(options?: { readonly withdraw?: boolean | undefined }): void
}

/** The controls that need nothing but the state. */
export type Controls = Omit<ScriptedWorkOS, keyof ScriptedServer | 'browser' | 'count'>

type People = Pick<
  Controls,
  | 'createUser'
  | 'updateUser'
  | 'setMembership'
  | 'removeMembership'
  | 'setOrganization'
  | 'impersonate'
>

function peopleControls({ directory, impersonations, now }: ServerContext): People {
  return {
    createUser: (seed) => directory.create(seed).id,
    updateUser(email, changes) {
      const person = directory.get(email)
      person.profile = { ...person.profile, ...changes }
      person.updatedAt = now()
    },
    setMembership(email, organizationId, changes) {
      directory.join(directory.get(email), { ...changes, organizationId })
    },
    removeMembership(email, organizationId) {
      directory.get(email).memberships.delete(organizationId)
    },
    setOrganization: directory.settle,
    impersonate(email, impersonator) {
      impersonations.set(directory.get(email).id, impersonator)
    },
  }
}

type Proofs = Pick<Controls, 'mails' | 'totp' | 'decideDevice'>

function proofControls(context: ServerContext): Proofs {
  const { directory, devices, mails, now } = context
  return {
    mails: () => [...mails],
    async totp(email) {
      const factor = factorsOf(context, directory.get(email).id).at(-1)
      if (!factor) throw new Error(`The scripted WorkOS knows no authenticator of ${email}.`)
      return totp(factor.secret, now())
    },
    decideDevice(userCode, email) {
      const device = [...devices.values()].find((one) => one.userCode === userCode)
      if (!device) throw new Error(`No device shows the code ${userCode}.`)
      device.decision = email === null ? null : directory.get(email)
    },
  }
}

/** What turns the server's state by hand. */
export function controls(context: ServerContext): Controls {
  const { sessions, settings, signer } = context
  return {
    ...peopleControls(context),
    ...proofControls(context),
    sessions: () =>
      [...sessions.all.values()]
        .filter(({ ended }) => !ended)
        .map(({ id, userId, clientId, organizationId, impersonator }) => ({
          id,
          userId,
          clientId,
          organizationId,
          impersonator,
        })),
    endSession(id) {
      const session = sessions.all.get(id)
      if (session) session.ended = true
    },
    setAccessTokenLifetime(ms) {
      settings.accessTokenLifetime = ms
    },
    setIssuer(issuer) {
      settings.issuer = issuer
    },
    rotateKeys: signer.rotate,
  }
}
