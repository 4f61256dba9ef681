import { auth } from '../../../lib/auth'

export const { GET, POST } = auth.handlers
export const runtime = 'edge'
