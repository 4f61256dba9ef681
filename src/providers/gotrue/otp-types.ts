import type { OtpType } from './types.js'

/** The kinds of messages that bring a session (GoTrue 2.196, `verify.go`). */
export const OTP_TYPES: readonly OtpType[] = [
  'email',
  'sms',
  'signup',
  'invite',
  'magiclink',
  'recovery',
  'email_change',
  'phone_change',
]
