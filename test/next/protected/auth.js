import { createNextAuth } from 'holdfast/next'

export const auth = createNextAuth({ basePath: '/app/auth' })
