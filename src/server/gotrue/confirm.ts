import type { GoTrueUser } from '../../providers/gotrue/index.js'
import { showPage } from '../backend/answers.js'
import type { Call, Handler, RouteTools } from '../backend/types.js'
import { linkOf } from './asked.js'
import type { GoTrueServer } from './types.js'

/** Asks a person whether they asked for the message whose link they have opened. */
const QUESTION = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Continue?</title>
<h1>Continue?</h1>
<p>This link from a message signs you in. Continue only if you asked for that message.</p>
<form method="post"><button>Continue</button></form>
</html>
`

/**
 * Makes the route that links in messages lead to, with a `token_hash`. Anybody can send somebody such a link:
 *
 *     Mallory asks for a link ──▶ sends it to Ada ──▶ Ada would go on, unseen, in Mallory's account
 *
 * And whoever looks through mails for viruses opens links. So a link is spent at once only in the browser that
 * asked for it; anywhere else a person is asked first.
 */
export function createConfirm<M extends object>(
  server: Pick<GoTrueServer<M>, 'signIn'>,
  tools: RouteTools<GoTrueUser<M>>,
  page: string | undefined,
): Handler {
  const ask = (call: Call): Response =>
    page === undefined
      ? showPage(QUESTION, tools.appOrigin(call))
      : tools.leave(call, `${page}${call.url.search}`)

  async function confirm(call: Call): Promise<Response> {
    const { searchParams: query } = call.url
    const link = linkOf(query.get('token_hash'), query.get('type'))
    const next = query.get('next')
    const begun = await tools.begun(call, next)
    const agreed = call.request.method === 'POST' && tools.isOwn(call)
    if (!begun && !agreed) return ask(call)
    const grant = await server.signIn(link)
    const arrival = begun ?? { returnTo: tools.pathOf(call, next) }
    // The other of two addresses is still to be confirmed.
    return grant ? tools.enter(grant, call, arrival) : tools.leave(call, arrival.returnTo)
  }

  return {
    methods: ['GET', 'POST'],
    by: 'navigation',
    run: (call) => confirm(call).catch((error: unknown) => tools.fail(call, error)),
  }
}
