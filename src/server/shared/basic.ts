/** As in a form (RFC 6749 §2.3.1). */
const encode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)

/** What `Authorization` says where a client proves who it is by its secret (RFC 6749 §2.3.1). */
export const basicAuthorization = (clientId: string, clientSecret: string): string =>
  `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}`
