import { areas, client, factors, type Intention, keys, rows } from './intentions-shown.js'

/** What auth-js is to be for whoever is signed in, and for their keys. */
export const AREAS: Readonly<Record<string, readonly Intention[]>> = {
  users: [
    {
      wants: 'the user is asked for',
      shown: [rows('the user is asked for'), rows('nobody is no user')],
    },
    {
      wants: 'a user is changed, and is what they were changed to',
      shown: [rows('a user is changed'), rows('nobody can be changed')],
    },
    {
      wants: 'a token that is passed and refused leaves the session here',
      shown: [rows('a false token that somebody else was to have leaves the session here')],
    },
    {
      wants: 'the session’s own token, refused for good, ends it',
      shown: [client('gotrue', 'is signed out by getUser when the session is gone at the server')],
    },
    {
      wants: 'a code for a new password is sent to whoever is signed in',
      shown: [
        areas('a code for a new password is sent'),
        areas('nobody gets a code for a password'),
      ],
    },
    {
      wants: 'identities are listed, linked and taken away, where the server lets them',
      shown: [
        rows('the accounts of a user are listed'),
        rows('nobody has no accounts'),
        factors('a link to another account is begun'),
        factors('a link is refused where there are none'),
        factors('an account is taken away'),
      ],
    },
  ],
  claims: [
    { wants: 'nobody has no claims', shown: [areas('nobody has no claims')] },
    {
      wants: 'a token that a secret signs is shown to the server',
      shown: [areas('the claims of the current token are shown to the server')],
    },
    {
      wants: 'a token with a public key is verified by the server’s keys',
      shown: [areas('the claims of a token with a public key are verified here')],
    },
    {
      wants: 'a forged token, one that is over, and what is none are refused',
      shown: [
        areas('a forged token has no claims'),
        client('gotrue-claims', 'are refused where they are forged, over, or no tokens'),
      ],
    },
    {
      wants: 'the token of the session is refreshed first where it has to be',
      shown: [client('gotrue-claims', 'is refreshed first where it has to be')],
    },
    {
      wants: 'keys are fetched once in ten minutes, and anew for one that is not known',
      shown: [
        client('gotrue-claims', 'are verified here, by keys that are fetched once in ten minutes'),
        client(
          'gotrue-claims',
          'are verified by a new key, which is fetched when the first one comes',
        ),
      ],
    },
  ],
  'second factors': [
    {
      wants: 'a factor is enrolled, as a picture and a secret',
      shown: [factors('a factor is enrolled')],
    },
    { wants: 'a phone is one too', shown: [factors('a phone is enrolled and asked')] },
    {
      wants: 'a challenge is made and answered, in one call or two, and a wrong code is refused',
      shown: [
        factors('a challenge is answered'),
        factors('a code raises the session: MFA_CHALLENGE_VERIFIED, and no TOKEN_REFRESHED'),
        factors('a wrong code does not'),
      ],
    },
    {
      wants: 'factors are listed by their types',
      shown: [factors('factors are listed by their types')],
    },
    { wants: 'a factor is removed', shown: [factors('a factor is removed')] },
    {
      wants: 'how sure the server is of somebody is told',
      shown: [
        factors('nobody is sure of nobody'),
        factors('another factor is possible after a sign-in with a password'),
      ],
    },
    {
      wants: 'without a session the server refuses it all',
      shown: [factors('nobody enrols nothing')],
      differs: 'Nothing is sent without a session: AuthSessionMissingError.',
    },
    {
      wants: 'recovery codes are made, counted, spent once and taken back',
      shown: [factors('recovery codes are made, counted and spent')],
    },
    {
      wants: 'a security key is registered and proved, step by step or at once',
      shown: [
        keys('a key is enrolled, asked, made and shown, step by step'),
        keys('a key is registered, which raises the session'),
        keys('a key is proved, which raises the session'),
      ],
    },
  ],
  passkeys: [
    {
      wants: 'a passkey is made and signs in, step by step or at once',
      shown: [
        keys('a passkey is made, signs in, and the list says when'),
        keys('a passkey is made and signs in, step by step'),
      ],
    },
    {
      wants: 'passkeys are listed, renamed and deleted',
      shown: [
        factors('passkeys are listed'),
        client('gotrue-passkeys', 'is made, listed, renamed, signs in, and is removed'),
      ],
    },
    {
      wants: 'a challenge that was used is refused, and nothing is saved',
      shown: [keys('a challenge that there is not is refused')],
    },
    {
      wants: 'without a session nothing is sent',
      shown: [keys('nobody has a passkey made: …')],
    },
    {
      wants: 'a browser without WebAuthn is told before anything is sent',
      shown: [keys('a browser without WebAuthn is told before anything is sent: …')],
    },
  ],
}
