import type { RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import type { WorkOSUser } from '../../providers/workos/index.js'

/** Who asks to be signed in, for WorkOS's Radar and its log. */
export interface Visitor {
  readonly ipAddress?: string | undefined
  readonly userAgent?: string | undefined
}

/** The code of a redirect. */
export interface CodeExchange extends Visitor {
  readonly code: string
  readonly codeVerifier?: string | undefined
  readonly invitationToken?: string | undefined
}

/** An address and its password. */
export interface PasswordExchange extends Visitor {
  readonly email: string
  readonly password: string
  readonly invitationToken?: string | undefined
}

/** The six digits that `sendMagicCode` had mailed; WorkOS takes them for ten minutes. */
export interface MagicCodeExchange extends Visitor {
  readonly email: string
  readonly code: string
  readonly invitationToken?: string | undefined
}

/** What a step is taken with that a refused sign-in was told of. */
export interface PendingStep extends Visitor {
  /** From the details of the error `step_required`. */
  readonly pendingAuthenticationToken: string
}

/** What somebody with several organizations has chosen. */
export interface OrganizationSelection extends PendingStep {
  readonly organizationId: string
}

/** The digits that WorkOS mailed to an address that was not verified yet. */
export interface EmailCodeExchange extends PendingStep {
  readonly code: string
}

/** The digits that somebody's authenticator shows. */
export interface TotpExchange extends PendingStep {
  readonly code: string
  /** From `challengeFactor`, or from `enrollTotp`. */
  readonly challengeId: string
}

/** The digits that WorkOS mailed because its Radar was in doubt. */
export interface RadarEmailExchange extends PendingStep {
  readonly code: string
  /** From the details of the step. */
  readonly radarChallengeId: string
}

/** The digits of a text message that WorkOS's Radar wants to be proved by. */
export interface RadarSmsExchange extends PendingStep {
  readonly code: string
  /** Both from `sendRadarSms`; for somebody whose number WorkOS knows they may be left out. */
  readonly verificationId?: string | undefined
  readonly phoneNumber?: string | undefined
}

/** A new authenticator of somebody who must have one. */
export interface TotpEnrollment {
  readonly factorId: string
  /** The challenge that its first code answers. */
  readonly challengeId: string
  /** For whoever types it in. */
  readonly secret: string
  /** The `otpauth:` address. */
  readonly uri: string
  /** The same as an image: a `data:` URL. */
  readonly qrCode: string
}

/** A sign-in that is begun at one device and finished in the browser of another (RFC 8628). */
export interface DeviceSignIn {
  /** A secret of the device that asks. */
  readonly deviceCode: string
  /** What the person types in at `verificationUrl`. */
  readonly userCode: string
  readonly verificationUrl: string
  /** The same address with the code in it, for a QR code. */
  readonly verificationUrlComplete: string | undefined
  /** How long both codes live, in ms. */
  readonly lifetime: number
  /** How long to wait between two questions, in ms. */
  readonly interval: number
}

/**
 * How people sign in at WorkOS without its pages. What a grant brings goes to `setSession`. A sign-in that
 * wants another step is refused with `step_required`, whose details say what that step takes.
 */
export interface WorkOSSignIns {
  /**
   * Trades the code of a redirect for a session.
   * @throws AuthError `invalid_credentials` for a wrong code, `step_required` when there is more to do.
   */
  exchangeCode(exchange: CodeExchange, context?: RequestContext): Promise<Grant<WorkOSUser>>
  /** @throws AuthError `invalid_credentials` for a wrong password, `step_required`. */
  exchangePassword(exchange: PasswordExchange, context?: RequestContext): Promise<Grant<WorkOSUser>>
  /** Has WorkOS mail a code, also to somebody whom it does not know yet. */
  sendMagicCode(
    to: Pick<MagicCodeExchange, 'email' | 'invitationToken'> & Visitor,
    context?: RequestContext,
  ): Promise<void>
  /** @throws AuthError `invalid_credentials` for a wrong code, or an old one; `step_required`. */
  exchangeMagicCode(
    exchange: MagicCodeExchange,
    context?: RequestContext,
  ): Promise<Grant<WorkOSUser>>
  /** Goes on with a sign-in that was refused with `email_verification_required`. */
  exchangeEmailCode(
    exchange: EmailCodeExchange,
    context?: RequestContext,
  ): Promise<Grant<WorkOSUser>>
  /** Goes on with a sign-in that was refused with `organization_selection_required`. */
  selectOrganization(
    selection: OrganizationSelection,
    context?: RequestContext,
  ): Promise<Grant<WorkOSUser>>
  /** Makes a challenge of one of the `factors` of the step `mfa_challenge`. */
  challengeFactor(
    factorId: string,
    context?: RequestContext,
  ): Promise<{ readonly challengeId: string }>
  /** Makes an authenticator for the `userId` of the step `mfa_enrollment`. */
  enrollTotp(
    who: {
      readonly userId: string
      /** What the authenticator shows: the app's name, and the person's. */
      readonly issuer?: string | undefined
      readonly account?: string | undefined
    },
    context?: RequestContext,
  ): Promise<TotpEnrollment>
  /** Goes on with a sign-in that was refused with `mfa_challenge` or `mfa_enrollment`. */
  exchangeTotp(exchange: TotpExchange, context?: RequestContext): Promise<Grant<WorkOSUser>>
  /** Goes on with a sign-in that was refused with `radar_email_challenge`. */
  exchangeRadarEmailCode(
    exchange: RadarEmailExchange,
    context?: RequestContext,
  ): Promise<Grant<WorkOSUser>>
  /** Has WorkOS send a text message to the person of the step `radar_sms_challenge`. */
  sendRadarSms(
    to: PendingStep & { readonly userId: string; readonly phoneNumber: string },
    context?: RequestContext,
  ): Promise<Required<Pick<RadarSmsExchange, 'verificationId' | 'phoneNumber'>>>
  /** Goes on with a sign-in that was refused with `radar_sms_challenge`. */
  exchangeRadarSmsCode(
    exchange: RadarSmsExchange,
    context?: RequestContext,
  ): Promise<Grant<WorkOSUser>>
  /** Begins the sign-in of a device that has no browser. */
  beginDevice(context?: RequestContext): Promise<DeviceSignIn>
  /**
   * Asks whether somebody has let the device in. Until then it is refused with a `retryable` `rejected`:
   * `serverCode` is `authorization_pending`, or `slow_down`, which adds five seconds to the `interval`
   * (RFC 8628 §3.5). `access_denied` and `expired_token` are final.
   */
  exchangeDeviceCode(
    exchange: { readonly deviceCode: string },
    context?: RequestContext,
  ): Promise<Grant<WorkOSUser>>
}
