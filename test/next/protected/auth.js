import { createNextAuth } from 'holdfast/next/workos'

export const auth = createNextAuth({ basePath: '/app/auth' })
