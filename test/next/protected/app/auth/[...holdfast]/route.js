import { auth } from '../../../auth.js'

export const { GET, POST } = auth.handlers
