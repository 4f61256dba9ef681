import { areas, client, face, type Intention, left, redirect, rows } from './intentions-shown.js'

/** What auth-js is to be on the way in and out. */
export const WAYS: Readonly<Record<string, readonly Intention[]>> = {
  'sign-ins': [
    {
      wants: 'an address and a password register, with data of the app’s',
      shown: [rows('somebody registers'), rows('somebody registers with data of their own')],
    },
    {
      wants: 'where the address must be confirmed there is a user and no session',
      shown: [rows('somebody registers and must confirm the address first')],
    },
    {
      wants: 'an address that is known is refused',
      shown: [rows('a known address cannot be registered')],
    },
    {
      wants: 'a weak password is refused',
      shown: [rows('a weak password is refused with its reasons')],
    },
    {
      wants: 'a server without registrations refuses them',
      shown: [rows('a server without registrations refuses them')],
    },
    {
      wants: 'registering without an address is a mistake that is told',
      shown: [rows('registering takes an address')],
      differs: 'The message is another.',
    },
    {
      wants: 'a password signs in, by mail address and by phone',
      shown: [rows('a password signs in'), rows('a phone registers, and signs in by its password')],
    },
    {
      wants: 'a wrong password, and an unknown address, do not',
      shown: [rows('a wrong password does not'), rows('an unknown address does not')],
    },
    {
      wants: 'a password without an address is a mistake that is told',
      shown: [rows('a password takes an address')],
      differs: 'The message is another.',
    },
    {
      wants: 'a code is sent, also to a phone, and to nobody without an address',
      shown: [
        rows('a code is sent'),
        rows('a code takes an address'),
        [
          'compat/requests.test.ts',
          'says by what a code goes to a phone: by SMS unless the app says otherwise',
        ],
      ],
    },
    {
      wants: 'no code goes to an unknown address that is not to get an account',
      shown: [rows('no code is sent to an unknown address that is not to get an account')],
    },
    {
      wants: 'a code or the hash of a link signs in, and a wrong one does not',
      shown: [
        rows('a code signs in'),
        rows('the hash of a link signs in'),
        rows('a wrong code does not'),
      ],
    },
    {
      wants: 'the proof of a captcha goes with whatever takes one',
      shown: [
        ['compat/captcha.test.ts', 'sends the proof: %s'],
        ['compat/captcha.test.ts', 'sends the proof: resetPasswordForEmail'],
      ],
    },
    {
      wants: 'a message is sent again, and takes an address',
      shown: [
        areas('a message is sent again'),
        areas('a message to be sent again takes an address'),
      ],
      differs: 'The message of the mistake is another.',
    },
    {
      wants: 'somebody signs in without a name, with data of the app’s, where the server lets them',
      shown: [
        rows('somebody signs in without a name'),
        rows('somebody signs in without a name, with data of their own'),
        rows('a server without anonymous people refuses them'),
      ],
    },
    {
      wants: 'an id token signs in, and a false one does not',
      shown: [rows('an id token signs in'), rows('a false id token does not')],
      differs: 'The word of OAuth’s refusal is the code.',
    },
    {
      wants: 'a link to a new password is sent, which says nothing of whether there is somebody',
      shown: [rows('a link to a new password is sent')],
    },
    {
      wants:
        'single sign-on leads to the provider of an organization, and is refused where there is none',
      shown: [
        areas('the provider of an organization is where its people sign in'),
        areas('a domain that nobody has is refused'),
      ],
    },
    {
      wants: 'a wallet signs in, and what it cannot do is told',
      shown: [
        areas('what a wallet signed is refused where there are no wallets'),
        client('gotrue-web3', 'signs somebody in with a text of EIP-4361'),
        client('gotrue-web3', 'that signs texts signs somebody in (%j)'),
        client('gotrue-web3', 'signs nobody in where the person says no'),
      ],
    },
    {
      wants: 'a chain that there is not throws, and so does a wallet that cannot sign',
      shown: [
        ['compat/mistakes.test.ts', '%s() resolves to a result'],
        client('gotrue-web3', 'such as %j is called one, and nothing is sent'),
      ],
      differs: 'A caller’s mistake never throws: it is an error in the result.',
    },
  ],
  redirects: [
    {
      wants: 'the address of another provider has what the app passes, and the challenge of PKCE',
      shown: [
        rows('a link to another provider is made'),
        redirect('comes back from another provider'),
      ],
    },
    {
      wants: 'tokens in a fragment sign in, where the flow is implicit',
      shown: [
        redirect('tells first who has signed in by it, then SIGNED_IN, and cleans its address: %s'),
        redirect('takes no tokens from an address where the flow is pkce'),
      ],
    },
    {
      wants: 'a link to a new password is PASSWORD_RECOVERY',
      shown: [redirect('hears PASSWORD_RECOVERY instead of SIGNED_IN, and can set a password: %s')],
    },
    {
      wants: 'an error in the address is told, and signs nobody in',
      shown: [redirect('says in the words of its address why nobody has signed in')],
    },
    {
      wants: 'the app can leave another integration’s answer alone, by a function',
      shown: [
        redirect('asks the app with the address and what it holds'),
        redirect('takes a code whatever a function says, which is about tokens and errors'),
      ],
    },
    {
      wants: 'a function of the app’s that throws is the error of initialize()',
      shown: [redirect('says in the result of initialize() that the app’s own function failed')],
    },
    {
      wants: 'a code is exchanged with its own verifier, once, and a wrong one is refused',
      shown: [
        redirect('is exchanged by the app, once'),
        redirect('is worth nothing where the sign-in was not begun: %s'),
      ],
    },
    {
      wants: 'sign-ins that are under way at once each keep their verifier, five at the most',
      shown: [
        client('gotrue', 'several flows at once each find their verifier'),
        ['core/flows.test.ts', 'are five at the most: the oldest goes first'],
      ],
    },
    {
      wants: 'a redirect carries the id of its flow, where the app wants that',
      shown: [client('gotrue', 'several flows at once each find their verifier')],
      differs: 'No id is needed: a code finds its own verifier among several.',
    },
    {
      wants: 'the code of a link to a new password says so, when the app exchanges it',
      shown: [redirect('of a link to a new password says so')],
    },
  ],
  'sign-outs': [
    {
      wants: 'all sessions of the user end, or this one, or the others',
      shown: [
        rows('a sign-out ends all sessions of the user'),
        rows('a sign-out here leaves the others'),
        rows('a sign-out of the others leaves this one'),
      ],
    },
    {
      wants: 'the session here ends also where the server cannot be reached, which is told',
      shown: [
        face('ends the session here also while the server is down, and says that it is down'),
      ],
    },
    {
      wants: 'the session here ends where the server does not know it any more, without an error',
      shown: [rows('a sign-out of somebody whom the server does not know any more')],
    },
    {
      wants: 'the secrets of redirects go with it',
      shown: [
        face('takes the secrets of sign-ins that are under way with it'),
        left('is gone with the secrets of all redirects that auth-js had under way'),
      ],
    },
    { wants: 'nobody signs out without an error', shown: [rows('nobody signs out')] },
  ],
}
