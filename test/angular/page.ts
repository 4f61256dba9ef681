/** Compiled where it runs: Angular's compiler is not part of this build. */
import '@angular/compiler'
import { NgComponentOutlet } from '@angular/common'
import {
  Component,
  computed,
  createEnvironmentInjector,
  DestroyRef,
  EnvironmentInjector,
  InjectionToken,
  inject,
  type Provider,
} from '@angular/core'
import { createApplication, provideClientHydration } from '@angular/platform-browser'
import { describeState, describeToken, type Framework, type PageProps } from '../bindings/page.js'
import { injectAccessToken, injectAuth, injectSession, provideAuth } from './auth.js'

const PAGE = new InjectionToken<PageProps>('page')

/** What a page needs, in a browser and on a server. */
export const provide = (page: PageProps): Provider[] => [
  { provide: PAGE, useValue: page },
  provideAuth(page.client, page.injects ? () => inject(PAGE).options ?? {} : page.options),
]

const Who = Component({
  selector: 'auth-who',
  template: `
    <p class="who">{{ who() }}</p>
    <p class="person">{{ person() }}</p>
    <p class="token">{{ shown() }}</p>
    @if (auth.user(); as user) {
      <button [title]="auth.status()" (click)="auth.signOut()">Sign out {{ user.email }}</button>
    } @else {
      <button [title]="auth.status()" (click)="auth.signIn(page.credentials)">Sign in</button>
    }`,
})(
  class {
    readonly page = inject(PAGE)
    readonly auth = injectAuth()
    readonly token = injectAccessToken()
    readonly session = injectSession()
    readonly user = injectSession(({ user }) => user)
    readonly who = computed(() => this.page.tell('who', describeState(this.session())))
    readonly person = computed(() => this.page.tell('person', this.user()?.email ?? 'nobody'))
    readonly shown = computed(() => {
      const { accessToken, loading, error } = this.token
      const view = { accessToken: accessToken(), loading: loading(), error: error() }
      return this.page.tell('token', describeToken(view))
    })
    constructor() {
      this.page.found?.(this.auth, this.token)
    }
  },
)

/** The page inside this one, with an injector of its own, as a route has one. */
function injectInner(): EnvironmentInjector | null {
  const { inner } = inject(PAGE)
  if (!inner) return null
  const injector = createEnvironmentInjector(provide(inner), inject(EnvironmentInjector))
  inject(DestroyRef).onDestroy(() => injector.destroy())
  return injector
}

/** The page. */
export const Whole = Component({
  selector: 'auth-whole',
  imports: [Who, NgComponentOutlet],
  template: `
    <section>
      <auth-who />
      @if (inner) { <ng-container *ngComponentOutlet="whole; environmentInjector: inner" /> }
    </section>`,
})(
  class {
    readonly inner = injectInner()
    get whole(): typeof Whole {
      return Whole
    }
  },
)

/**
 * Where the page begins: what a server rendered is one element of the place. Angular looks for its mark, which
 * tells that nobody took the comments out on the way, among the children of the body only.
 */
function findRendered(place: Element): Element | null {
  for (const child of [...place.childNodes]) {
    if (child.nodeType === Node.COMMENT_NODE) document.body.prepend(child)
  }
  return place.querySelector('auth-whole')
}

export const show: Framework['show'] = async (place, page, hydrate) => {
  const rendered = hydrate ? findRendered(place) : null
  const providers = [provide(page), rendered ? provideClientHydration() : []]
  const app = await createApplication({ providers })
  try {
    app.bootstrap(Whole, rendered ?? place)
  } catch (error) {
    app.destroy()
    throw error
  }
  return { flush: () => app.tick(), unmount: () => app.destroy() }
}

export const showLost: Framework['showLost'] = async (place, page) => {
  const app = await createApplication({ providers: [{ provide: PAGE, useValue: page }] })
  try {
    return app.bootstrap(Who, place)
  } finally {
    app.destroy()
  }
}
