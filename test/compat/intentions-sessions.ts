import { areas, client, face, type Intention, left, redirect, rows } from './intentions-shown.js'

/** What auth-js is to be as a keeper of sessions. */
export const SESSIONS: Readonly<Record<string, readonly Intention[]>> = {
  options: [
    {
      wants: 'a debug function hears the steps',
      shown: [face('tells every step to the debug function, and no token')],
    },
    {
      wants: 'a lock of the app’s is used',
      shown: [
        client(
          'refresh',
          'ten tabs that each ask ten times for an expired session cost one request',
        ),
      ],
      differs: 'The client has its own lock, so that the option is ignored.',
    },
    {
      wants: 'a user is kept in a storage of its own',
      shown: [
        left(
          'comes with the user whom auth-js kept apart in one storage, though the option is gone',
        ),
        left('is one session with its user for `takeOver`, and nothing is left of it'),
      ],
      differs: 'The user is stored with the session; what lies apart is taken over.',
    },
    {
      wants: 'a session whose user is missing in that storage is still one',
      shown: [left('goes on where the user, who was kept elsewhere, %s: the token describes them')],
    },
    {
      wants: 'no address is looked at where the app does not want it',
      shown: [redirect('is left alone where the app says so: %s')],
    },
    {
      wants: 'the start waits for initialize() where the app wants that',
      shown: [redirect('is looked at only by initialize() where the app wants that')],
    },
    {
      wants: 'a session that is not to be kept touches no storage',
      shown: [face('keeps nothing where sessions are not to be kept')],
    },
    {
      wants: 'failures are thrown where the app wants that',
      shown: [rows('failures are thrown where the app wants that')],
    },
    {
      wants: 'two clients of one storage key are warned of',
      shown: [client('refresh', 'several clients of one page share the session and its refresh')],
      differs: 'Several clients of one storage do no harm, so that there is nothing to warn of.',
    },
    {
      wants: 'on servers, whoever reads the user of getSession() is warned',
      shown: [areas('the claims of the current token are shown to the server')],
      differs: 'A server has sealed sessions, whose user nobody can forge; the face is for pages.',
    },
  ],
  sessions: [
    { wants: 'nobody has no session', shown: [rows('nobody is signed in at first')] },
    { wants: 'a session is found again', shown: [rows('a session is found again')] },
    {
      wants: 'a session is refreshed, by its own token or by one that is passed',
      shown: [
        rows('a session is refreshed'),
        rows('a token that the server does not know is refused'),
      ],
    },
    {
      wants: 'an expired session is refreshed by whoever asks for it',
      shown: [face('do not run after %s, and whoever asks gets a token all the same')],
    },
    {
      wants:
        'callers who wait for a refresh share it, and the next one after a failure is a new one',
      shown: [
        client('refresh', 'calls that are waiting together share one request'),
        client('outage', 'the refresh is tried again by itself, and the session recovers'),
      ],
    },
    {
      wants: 'a listener that throws breaks no refresh, and no rejection is left unhandled',
      shown: [
        face('that throws hurts nobody, and is reported'),
        client(
          'dispose',
          'no rejection is left unhandled by a refresh that was still looking for a session',
        ),
      ],
    },
    {
      wants: 'a session that was kept elsewhere is set, and saved',
      shown: [rows('a session that was kept elsewhere is set')],
    },
    {
      wants: 'a session without one of its tokens is none',
      shown: [rows('a session without tokens is none')],
    },
    {
      wants: 'a session whose access token is no token is refused',
      shown: [rows('a session whose access token is no token is refreshed')],
      differs: 'The refresh token may be good: it is asked, as after an expiry.',
    },
    {
      wants: 'a session whose tokens are empty is missing, where it is to be refreshed',
      shown: [rows('an empty token is no session'), rows('nobody has nothing to refresh')],
    },
    {
      wants: 'a refresh token that the server refuses ends the session with its words',
      shown: [
        rows('a token that the server does not know is refused'),
        client('outage', 'the server’s definite word signs out, once, with the reason'),
      ],
    },
    {
      wants:
        'refreshes ahead of need follow the page’s visibility, and begin and end when told, as often as told',
      shown: [
        face('run while the page is visible'),
        face('run in hidden pages too once startAutoRefresh() was called'),
        face('are begun and ended as often as the app likes'),
      ],
    },
    {
      wants: 'a network that comes back ends the pause after a failure',
      shown: [
        client('outage', 'a failed refresh is tried again at once when the network comes back'),
      ],
    },
    {
      wants: 'a client that was disposed of listens to nothing, also while it was starting',
      shown: [
        client('dispose', 'listens to the page no more'),
        client(
          'dispose',
          'a client can be constructed again on the same storage, as StrictMode does',
        ),
      ],
    },
  ],
  storage: [
    {
      wants: 'a storage that throws is the caller’s to catch',
      shown: [
        face('goes on in memory where its storage fails: nothing throws, and it is reported'),
      ],
      differs:
        'No method of the face throws: the client goes on in memory, and reports the failure.',
    },
    {
      wants: 'what is no session in storage is nobody',
      shown: [
        client(
          'storage-damage',
          'a pointer that reads %j is signed out, and no obstacle to the next sign-in',
        ),
        client('storage-damage', 'is read as one that has nothing (%j)'),
        client(
          'take-over',
          'is reported and left where it is when what is read of it is no session',
        ),
      ],
    },
    {
      wants: 'without localStorage a session lives in memory',
      shown: [client('blocked-storage', 'is reported once, however often the client tries')],
    },
    {
      wants: 'what an earlier release has stored goes on',
      shown: [
        left('is taken over: nobody is signed out, and no refresh token is spent'),
        left('is found under the name that it has by default: %s'),
      ],
    },
  ],
  events: [
    {
      wants: 'each listener hears INITIAL_SESSION once',
      shown: [client('listeners', 'INITIAL_SESSION comes exactly once to each, first')],
    },
    {
      wants: 'INITIAL_SESSION comes without a session where what is stored cannot be one',
      shown: [
        client('storage-damage', 'a session that lies in the slot of another sign-in is nobody’s'),
      ],
    },
    {
      wants: 'all listeners hear a sign-in and a sign-out, those of other tabs too',
      shown: [
        face('hears what happens in other tabs'),
        client('listeners', 'hear all that happens, also while another one never ends'),
      ],
    },
    {
      wants: 'whoever unsubscribes hears nothing more',
      shown: [face('hears nothing once it has ended its subscription')],
    },
    {
      wants: 'a browser without BroadcastChannel is no obstacle',
      shown: [
        [
          'environment/channel.test.ts',
          'opens no BroadcastChannel on servers, so that the process can exit',
        ],
      ],
    },
  ],
  failures: [
    {
      wants: 'a server that cannot be reached may be asked again',
      shown: [rows('a server that cannot be reached is told as such')],
    },
    {
      wants: 'a server in trouble may be asked again',
      shown: [rows('a server in trouble is told as such')],
    },
    {
      wants: 'a refusal has its status and code',
      shown: [rows('a limit is told with its status and code')],
    },
    {
      wants: 'a refusal that is no JSON is an unknown error',
      shown: [rows('a page with a refusal’s status')],
      differs: 'It has a status, which tells more: AuthApiError.',
    },
  ],
}
