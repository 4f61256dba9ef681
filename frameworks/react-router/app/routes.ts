import { index, layout, type RouteConfig, route } from '@react-router/dev/routes'

export default [
  layout('session.tsx', [index('routes/home.tsx'), route('account', 'routes/account.tsx')]),
  route('auth/*', 'routes/auth.ts'),
] satisfies RouteConfig
