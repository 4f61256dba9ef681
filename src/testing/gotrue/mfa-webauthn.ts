import {
  type AuthenticatorData,
  bytesOf,
  checkAssertion,
  checkCreation,
  partsOf,
} from './webauthn.js'
import type { WebAuthnCredential, WebAuthnRequest } from './webauthn-types.js'

/** What proves a security key. */
export interface KeyProof {
  readonly credential: WebAuthnCredential
  /** As user objects tell it of the last challenge. */
  readonly told: Readonly<Record<string, unknown>>
}

type Fields = Readonly<Record<string, unknown>>

/** Go writes bytes in base64 with padding. */
const goBytes = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))

const tellData = ({ rpIdHash, flags, attested, signCount }: AuthenticatorData): Fields => ({
  rpid: goBytes(rpIdHash),
  flags,
  att_data: {
    aaguid: attested && goBytes(attested.aaguid),
    public_key: attested && goBytes(attested.key),
    credential_id: attested && goBytes(attested.id),
  },
  ext_data: null,
  sign_count: signCount,
})

/** The answer as GoTrue keeps it, in the words of its library. */
function tell(answer: unknown, response: Fields): Fields {
  const { id, type, rawId, response: sent, authenticatorAttachment } = partsOf(answer)
  const attachment = authenticatorAttachment ? { authenticatorAttachment } : {}
  return {
    ID: id,
    Raw: { id, type, rawId, response: sent, ...attachment },
    Type: type,
    rawId: goBytes(bytesOf({ rawId }, 'rawId')),
    Response: response,
    ...attachment,
  }
}

/** Checks what proves a new key. @throws as `checkCreation` */
export async function checkNewKey(answer: unknown, request: WebAuthnRequest): Promise<KeyProof> {
  const { credential, data, client, format } = await checkCreation(answer, request)
  const told = tell(answer, {
    Transports: credential.transports,
    AttestationObject: { fmt: format, AuthData: tellData(data), authData: goBytes(data.bytes) },
    CollectedClientData: client,
  })
  return { credential, told }
}

/** Checks what proves one of these keys. @throws as `checkAssertion` */
export async function checkKey(
  answer: unknown,
  request: WebAuthnRequest,
  known: readonly WebAuthnCredential[],
): Promise<KeyProof> {
  const { credential, data, client } = await checkAssertion(answer, request, known)
  const told = tell(answer, {
    Signature: goBytes(bytesOf(partsOf(partsOf(answer).response), 'signature')),
    UserHandle: null,
    AuthenticatorData: tellData(data),
    CollectedClientData: client,
  })
  return { credential, told }
}
