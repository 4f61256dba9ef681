/** Compiled by `npm run typecheck`; never run. Each line that must not compile says why. */
import type { Signal } from '@angular/core'
import { AuthClient } from 'holdfast'
import * as angular from 'holdfast/angular'
import { gotrue } from 'holdfast/providers/gotrue'
import * as solid from 'holdfast/solid'
import * as svelte from 'holdfast/svelte'
import * as vue from 'holdfast/vue'
import type { Accessor } from 'solid-js'
import { type ComputedRef, createApp } from 'vue'

const auth = new AuthClient({ provider: gotrue({ url: 'https://project.example/auth/v1' }) })
const own = {
  vue: vue.createAuthComposables<typeof auth>(),
  svelte: svelte.createAuthContext<typeof auth>(),
  solid: solid.createAuthContext<typeof auth>(),
  angular: angular.createAuthInjection<typeof auth>(),
}

export function EachKnowsWhatTheClientSignsInWith(): void {
  const bound = [
    own.vue.useAuth(),
    own.svelte.useAuth(),
    own.solid.useAuth(),
    own.angular.injectAuth(),
  ]
  for (const { signIn, client } of bound) {
    signIn({ email: 'ada@example.com', password: 'x' })
    // @ts-expect-error GoTrue knows no user names.
    signIn({ username: 'ada', password: 'x' })
    client.actions.sendOtp({ email: 'ada@example.com' })
  }
  // @ts-expect-error These do not know what the client signs in with.
  vue.useAuth().signIn({ email: 'ada@example.com', password: 'x' })
}

export function VueHasRefs(): readonly unknown[] {
  const { user, status, session } = own.vue.useAuth()
  const confirmed: string | null | undefined = user.value?.emailConfirmedAt
  const state = own.vue.useSession()
  const mail: ComputedRef<string | undefined> = own.vue.useSession(({ user }) => user?.email)
  const { accessToken, refresh } = own.vue.useAccessToken()
  // @ts-expect-error What a server rendered holds no token.
  const token: string = session.value?.accessToken
  // @ts-expect-error A computed value is not for writing.
  status.value = 'loading'
  if (state.value.status === 'signed-in') state.value.session satisfies object
  return [confirmed, mail, accessToken.value satisfies string | null, refresh, token]
}

export function VueTakesTheClientAndWhatTheServerRendered(): void {
  createApp({}).use(own.vue.authPlugin, auth)
  createApp({}).use(vue.authPlugin, auth, { initialSession: { user: { id: 'ada' } } })
  own.vue.provideAuth(auth, { initialSession: null })
  // @ts-expect-error A user has an id.
  vue.provideAuth(auth, { initialSession: { user: { email: 'ada@example.com' } } })
  // @ts-expect-error There must be a client.
  createApp({}).use(own.vue.authPlugin)
}

export function SvelteHasLiveObjects(): readonly unknown[] {
  own.svelte.provideAuth(auth, { initialSession: undefined })
  const state = own.svelte.useAuth()
  const mail: string | undefined = own.svelte.useSession(({ user }) => user?.email).current
  // @ts-expect-error Perhaps nobody is signed in.
  const email: string | undefined = state.user.email
  if (state.status === 'signed-in') state.session.user?.emailConfirmedAt satisfies unknown
  // @ts-expect-error There must be a client.
  own.svelte.provideAuth()
  return [mail, email, own.svelte.useAccessToken().accessToken satisfies string | null]
}

export function SolidHasLiveObjectsAndAccessors(): readonly unknown[] {
  const state = own.solid.useAuth()
  const mail: Accessor<string | undefined> = own.solid.useSession(({ user }) => user?.email)
  if (state.status === 'signed-in') state.session.user?.emailConfirmedAt satisfies unknown
  // @ts-expect-error The state has no such part.
  const nothing: unknown = own.solid.useSession((whole) => whole.nothing)
  // @ts-expect-error There must be a client.
  const lost: unknown = own.solid.AuthProvider({})
  const given = solid.AuthProvider({ client: auth, initialSession: null, children: 'text' })
  return [mail(), nothing, lost, given, solid.useAccessToken().loading satisfies boolean]
}

export function AngularHasSignals(): readonly unknown[] {
  const { user, session } = own.angular.injectAuth()
  const confirmed: string | null | undefined = user()?.emailConfirmedAt
  const mail: Signal<string | undefined> = own.angular.injectSession(({ user }) => user?.email)
  // @ts-expect-error What a server rendered holds no token.
  const token: string = session()?.accessToken
  const providers = [
    own.angular.provideAuth(auth),
    own.angular.provideAuth(auth, { initialSession: null }),
    angular.provideAuth(auth, () => ({ initialSession: { user: { id: 'ada' } } })),
    // @ts-expect-error A user has an id.
    angular.provideAuth(auth, () => ({ initialSession: { user: { email: 'a@b.c' } } })),
  ]
  return [confirmed, mail(), token, providers, own.angular.injectAccessToken().error()]
}
